"""The page that puts the Benelux treaty of 2018 beside that of 2004, on every clock and for every reader."""

import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cooperation.models import Provision, Treaty
from cooperation.register import actions
from cooperation.register.models import Instrument, Relation, StageSpan
from tests.contracts.outlets import get, page_keys, read
from tests.factories import CountryRoleFactory, ProvisionFactory, TreatyFactory

pytestmark = pytest.mark.django_db

PAGE, PROVISIONS, API = "/benelux/", "/benelux/provisions/", "/api/v1/provisions"
TODAY = "validOn=2026-11-24&knownOn=2026-11-24"
LETTER_DAY = "validOn=2021-12-02&knownOn=2021-12-02"
NEW = {
    "b18-administrative-approach",
    "b18-art-13",
    "b18-art-16",
    "b18-cross-border-investigation",
    "b18-special-units-crisis",
    "b18-special-units-events",
}


def words_of(page: str) -> str:
    """What stands on a page, without its markup."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


def words(client, query: str = TODAY, language: str = "en") -> str:
    """What stands on the page, without its markup."""
    return words_of(read(client, f"{PAGE}?{query}", language=language))


def row(client, key: str, query: str = TODAY, page: str = "") -> str:
    """What stands in the row of a provision. `page`: where that was read before."""
    page = page or read(client, f"{PAGE}?{query}")
    found = next(part for part in page.split("<tr ") if 'rowheader">' in part and f"/benelux/{key}/" in part)
    return words_of(found.split("</tr>")[0])


def counted(client, query: str) -> dict[str, int]:
    """Each number on the page that opens a list, by the question of that list."""
    page = html.unescape(read(client, f"{PAGE}?{query}"))
    links = re.findall(rf'<a href="{PROVISIONS}\?([^"]*)">(?:<b>)?(\d+)(?:</b>|</a>| provision)', page)
    return {question.split("&validOn")[0]: int(number) for question, number in links}


class TestWhatIsNewAndWhatWorks:
    """Question 2 of the register, on the page and in the API."""

    def test_new_or_wider(self, client):
        rows = get(client, f"{API}?treaty=benelux-2018&comparedToPredecessor=new,widened&pageSize=200&{TODAY}").json()
        compared = {row["key"]: row["comparedToPredecessor"] for row in rows["results"]}
        assert {key for key, value in compared.items() if value == "new"} == NEW
        assert len(compared) == 14
        page = read(client, f"{PAGE}?{TODAY}")
        for key, value in compared.items():
            assert f" {'new' if value == 'new' else 'wider'} " in row(client, key, page=page)

    def test_waits_for_an_agreement(self, client):
        query = f"treaty=benelux-2018&needsImplementingAgreement=true&{TODAY}"
        rows = {row["key"]: row["stage"] for row in get(client, f"{API}?{query}").json()["results"]}
        assert rows == {
            "b18-art-13": "awaiting",
            "b18-art-15": "works",
            "b18-art-16": "works",
            "b18-art-25-4": "awaiting",
            "b18-art-39-3": "awaiting",
        }
        page = words(client)
        assert "5 need an implementing agreement; of these, 2 work, between BE–NL." in page
        assert "awaiting implementation" in row(client, "b18-art-13")
        assert "Implementing agreement on Article 13 : signed, 28 Sep 2023" in row(client, "b18-art-13")

    def test_works_between_which_countries(self, client):
        pairs = {
            "-".join(pair["countries"]): pair["stage"]
            for pair in get(client, f"{API}/b18-art-16?{TODAY}").json()["pairs"]
        }
        assert pairs == {"BE-LU": "awaiting", "BE-NL": "works", "LU-NL": "awaiting"}
        assert "BE–NL: works BE–LU, LU–NL: awaiting implementation" in row(client, "b18-art-16")
        assert "BE–NL: works" in read(client, f"/benelux/b18-art-16/?{TODAY}")

    def test_what_the_sources_dispute_about_article_16(self, client):
        agreement = get(client, f"/api/v1/treaties/benelux-2018-ia-art16?{TODAY}").json()
        (dispute,) = agreement["disputes"]
        assert [claim["value"] for claim in dispute["claims"]] == ["2025-07-15", "2023-10-06", "2023-10-01"]
        page = words(client)
        title = "Implementing agreement on Article 16 · Day: entry into force"
        told = page[page.index(title) :][:700]
        assert "15 July 2025" in told
        assert "6 October 2023" in told
        assert "1 October 2023" in told
        assert told.count("follows this one") == 1
        assert "disputed" in row(client, "b18-art-16")


class TestSideBySide:
    def test_the_sentence(self, client):
        assert "27 provisions of the Benelux Police Treaty in the register: 6 new, 8 wider, 13 not known." in words(
            client
        )

    @pytest.mark.parametrize("query", [TODAY, LETTER_DAY, "validOn=2010-01-01&knownOn=2026-11-24"])
    def test_each_number_opens_a_list_of_as_many(self, client, query):
        numbers = counted(client, query)
        assert len(numbers) >= 3
        for question, number in numbers.items():
            assert len(page_keys(client, PROVISIONS, f"{question}&{query}")) == number, question

    def test_a_provision_stands_beside_its_predecessor(self, client):
        pursuit = row(client, "b18-art-21")
        assert "Art. 18" in pursuit
        assert "wider" in pursuit
        assert "Art. 21: Cross-border pursuit" in pursuit
        assert 'href="/benelux/b04-art-18/' in read(client, PAGE)

    def test_no_predecessor_but_something_near(self, client):
        assert "No single predecessor is known. Compare: Art. 13 ; Art. 15" in row(client, "b18-hit-no-hit")
        assert "Not in the treaty before." in row(client, "b18-special-units-crisis")

    def test_every_provision_of_both_treaties_is_there(self, client):
        page = read(client, f"{PAGE}?{TODAY}")
        keys = Provision.objects.filter(treaty__key__in=["benelux-2004", "benelux-2018"]).values_list("key", flat=True)
        assert len(keys) == 78
        assert [key for key in keys if f"/benelux/{key}/" not in page] == []

    def test_what_is_not_verified_is_said(self, client):
        assert "number of the article not verified" in row(client, "b18-hit-no-hit")
        assert "number of the article not verified" not in row(client, "b18-art-16")
        assert "Needs an implementing agreement: not known." in row(client, "b18-art-21")
        assert " not known " in row(client, "b18-observation")

    def test_a_need_without_an_agreement(self, client):
        provision = Provision.objects.get(key="b18-art-21")
        Provision.objects.filter(pk=provision.pk).update(needs_implementing_agreement=True)
        actions.rewrite_spans([provision])
        assert "Needs an implementing agreement: none is known." in row(client, "b18-art-21")

    def test_both_treaties_with_their_days(self, client):
        page = words(client)
        head = page[page.index("The treaties") : page.index("By subject")]
        assert "Benelux Police Treaty in force" in head
        assert "1 October 2023" in head
        assert "23 July 2018" in head
        assert "Senningen Treaty replaced" in head
        assert "8 June 2004" in head
        assert "June 2006" in head

    def test_the_treaty_with_germany_is_named(self, client):
        assert 'href="/benelux/enschede-2005/' in read(client, PAGE)
        assert counted(client, TODAY)["treaty=enschede-2005"] == 20


class TestClocks:
    def test_on_the_day_of_the_letter_2018_is_not_in_force(self, client):
        page = words(client, LETTER_DAY)
        assert "5 need an implementing agreement; none of these works." in page
        assert "not in force" in row(client, "b18-art-16", LETTER_DAY)
        assert "in force" in row(client, "b18-art-21", LETTER_DAY).split("Art. 21")[0]  # that of 2004 still is
        assert "15 July 2025" not in page

    def test_before_there_was_anything_to_compare_with(self, client):
        page = words(client, "validOn=2010-01-01&knownOn=2026-11-24")
        assert "51 provisions of the Senningen Treaty in the register." in page
        assert "On this day no treaty that replaces it was there." in page
        assert "Benelux Police Treaty" not in page

    def test_the_clock_travels(self, client):
        links = re.findall(
            r'href="(/(?:benelux|eu|placements)[^"#]*)"', html.unescape(read(client, f"{PAGE}?{LETTER_DAY}"))
        )
        assert links
        assert [link for link in links if LETTER_DAY not in link] == []

    def test_an_empty_register(self, client):
        StageSpan.objects.all().delete()
        page = words(client)
        assert "On this day the register holds no Benelux police treaty." in page
        assert "By subject" not in page

    def test_an_unknown_key_is_an_error(self, client):
        get(client, f"{PAGE}?subject=liability", status=400)


class TestVisibility:
    def publish(self, *records):
        Instrument.objects.filter(pk__in=[record.pk for record in records]).update(classification="public")

    def test_a_hidden_provision_changes_nothing(self, client):
        before = read(client, PAGE)
        hidden = ProvisionFactory(
            key="test-hidden",
            classification="internal",
            treaty=Treaty.objects.get(key="benelux-2018"),
            predecessor=Provision.objects.get(key="b04-art-9"),
            subject="police-cooperation",
            compared_to_predecessor="unchanged",
        )
        assert read(client, PAGE) == before
        self.publish(hidden)
        page = read(client, PAGE)
        assert page != before
        assert "/benelux/test-hidden/" in page

    def test_a_hidden_agreement_changes_nothing(self, client):
        article = Provision.objects.get(key="b18-art-13")
        before = read(client, PAGE)
        hidden = TreatyFactory(
            key="test-agreement",
            kind="implementing_agreement",
            classification="internal",
            under_treaty=article.treaty,
            milestones=[("signed", "2024-01-01")],
        )
        CountryRoleFactory(instrument=hidden, country_id="LU", role="party")
        Relation.objects.create(instrument=hidden, type="implements", to=article)
        actions.rewrite_spans([article])
        assert read(client, PAGE) == before
        self.publish(hidden)
        assert "/benelux/test-agreement/" in read(client, PAGE)

    def test_a_hidden_treaty_is_not_compared_with(self, client):
        Instrument.objects.filter(key="benelux-2018").update(classification="internal")
        Instrument.objects.filter(key__startswith="b18-").update(classification="internal")
        Instrument.objects.filter(key__startswith="benelux-2018-").update(classification="internal")
        page = words(client)
        assert "51 provisions of the Senningen Treaty in the register." in page
        assert "b18-" not in read(client, PAGE)


def test_as_many_queries_for_many_rows_as_for_few(client):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            read(client, PAGE)
        return len(captured)

    def add() -> None:
        agreement = Treaty.objects.get(key="benelux-2018-ia-art13")
        ProvisionFactory(treaty=agreement.under_treaty, subject="liability", implementing_agreement=agreement)

    add()
    few = queries()
    for _number in range(5):
        add()
    assert queries() == few


class TestDetailPages:
    def test_an_agreement_is_named_with_how_far_it_is(self, client):
        for path in ("/benelux/b18-art-16/", "/benelux/benelux-2018/"):
            page = read(client, f"{path}?{TODAY}")
            assert "Implementing agreement on Article 16 (in force, disputed)" in page

    def test_a_replaced_provision_had_been_in_force(self, client):
        """Its ladder has the days of its treaty, as exact as they are there."""
        ladder = words_of(
            read(client, f"/benelux/b04-art-18/?{TODAY}").split('<ol class="ladder"')[1].split("</ol>")[0]
        )
        assert re.search(r"Not in force .*In force June 2006 .*Replaced \(now\) 1 October 2023", ladder)

    def test_no_provision_stands_still(self, client):
        """What stands still is the treaty or the agreement, never the provision that waits for it."""
        assert page_keys(client, PROVISIONS, f"stalled=true&{TODAY}") == []
        assert len(page_keys(client, PROVISIONS, f"stalled=false&{TODAY}")) == 98


@pytest.mark.parametrize("path", ["/benelux/treaties/", PROVISIONS, "/benelux/b18-art-16/", "/benelux/benelux-2018/"])
def test_every_page_below_leads_back(client, path):
    crumbs = read(client, path).split('class="breadcrumb-nav')[1].split("</nav>")[0]
    assert '<a href="/benelux/">Benelux</a>' in crumbs


def test_the_place_in_the_menu_leads_here(client):
    assert 'href="/benelux/" aria-current="page"' in read(client, PAGE)
