"""The questions that reach over all kinds, on page and API."""

import html
from collections import Counter
from datetime import date, timedelta

import pytest
from django.utils import timezone

from .test_questions_of_the_letter import LETTER_DAY, ask, text_of

pytestmark = pytest.mark.django_db

# The data set was closed on this day, so what it says of it does not change.
CLOSED = "validOn=2026-11-23&knownOn=2026-11-23"


def keys(client, path: str) -> set[str]:
    return {row["key"] for row in ask(client, f"{path}&fields=key&pageSize=200")["results"]}


class TestWhichMousWereSignedAndWhatTheyAllow:
    def test_api(self, client):
        signed = keys(client, f"mous?stage=signed,in_force&{LETTER_DAY}")
        in_preparation = keys(client, f"mous?stage=in_preparation&{LETTER_DAY}")
        assert {"mou-dubai-2021", "loi-colombia-2021"} <= signed
        assert {"mou-brazilie-voorbereiding", "mou-vae-voorbereiding"} <= in_preparation
        assert not signed & in_preparation

    def test_none_is_known_to_allow_the_exchange_of_police_information(self, client):
        def answer(value):
            return keys(client, f"mous?exchangeBasis={value}&{LETTER_DAY}")

        assert answer("true") == set()
        assert answer("false") == {
            "mou-dubai-2021",
            "loi-colombia-2021",
            "mou-brazilie-voorbereiding",
            "mou-vae-voorbereiding",
        }
        every = keys(client, f"mous?{LETTER_DAY}")
        assert answer("unknown") == every - answer("false")

    def test_page(self, client):
        page = text_of(client, f"/mous/?exchangeBasis=unknown&{LETTER_DAY}")
        count = ask(client, f"mous?exchangeBasis=unknown&standing=true&{LETTER_DAY}")["count"]
        assert f"<strong>{count} MoUs</strong>" in page
        page = text_of(client, f"/mous/mou-dubai-2021/?{LETTER_DAY}")
        assert "basis for exchanging information" in page.lower()


class TestMicronesia:
    """The letter hoped for what had happened nine days before, and counted a member less."""

    def test_api(self, client):
        item = ask(client, f"interpol-items/lidmaatschap-micronesie?{LETTER_DAY}")
        assert item["stage"] == "in_force"
        assert (item["membersBefore"], item["membersAfter"]) == (194, 195)
        (dispute,) = item["disputes"]
        assert {claim["source"]: claim["value"] for claim in dispute["claims"]} == {
            "brief-2021-12-02": "194, and a hoped-for 195th",
            "ip-ga89-open": "195",
        }
        assert dispute["follows"] == "ip-ga89-open"
        (hope,) = item["commitments"]
        assert (hope["madeIn"], hope["state"], hope["outcomeDate"]["edtf"]) == (
            "brief-2021-12-02",
            "kept",
            "2021-11-23",
        )

    @pytest.mark.parametrize(("clock", "members"), [(LETTER_DAY, 195), (CLOSED, 196)])
    def test_how_many_members_interpol_has(self, client, clock, members):
        assert f"Interpol had <b>{members}</b> members after" in text_of(client, f"/interpol/?{clock}")
        figures = ask(client, f"figures?q=members&sort=-date&{clock}&pageSize=200")["results"]
        assert members in {figure["value"] for figure in figures}

    def test_the_number_of_the_letter_stands_beside_it(self, client):
        assert "<strong>194</strong> members" in text_of(client, f"/interpol/?{LETTER_DAY}")

    def test_page_of_the_record(self, client):
        page = text_of(client, f"/interpol/lidmaatschap-micronesie/?{LETTER_DAY}")
        assert "Hope to welcome Micronesia as 195th member" in page
        assert "fulfilled nine days before the date of the letter" in page


class TestWhichCommitmentsOfTheLetterWereKept:
    QUESTION = f"commitments?source=brief-2021-12-02&{CLOSED}"

    def test_api(self, client):
        rows = {row["key"]: row for row in ask(client, f"{self.QUESTION}&pageSize=200")["results"]}
        borders = rows["schengengrenscode-herziening.1"]
        assert (borders["state"], borders["fulfilledBy"], borders["daysLate"]) == ("kept", "kst-22112-3298", 6)
        fiche = rows["prum-ii-verordening.2"]
        assert (fiche["state"], fiche["fulfilledBy"]) == ("kept", "kst-22112-3292")
        assert fiche["daysSincePromise"] == (date(2022, 2, 4) - date(2021, 12, 2)).days
        assert {row["madeIn"] for row in rows.values()} == {"brief-2021-12-02"}
        assert rows["mou-brazilie-voorbereiding.1"]["state"] == "open"

    def test_kept_open_and_overdue_are_all_there_is(self, client):
        parts = [keys(client, f"{self.QUESTION}&state={state}") for state in ("kept", "open", "overdue")]
        assert all(parts)
        assert set().union(*parts) == keys(client, self.QUESTION)
        assert sum(map(len, parts)) == len(set().union(*parts))

    def test_page(self, client):
        page = text_of(client, f"/commitments/?source=brief-2021-12-02&state=kept&{CLOSED}&pageSize=200")
        assert "Revised Schengen Borders Code" in page
        assert "/sources/kst-22112-3298/" in page
        assert "mou-brazilie-voorbereiding" not in page


class TestMaocN:
    THEN = {"FR", "IE", "IT", "NL", "PT", "ES", "GB"}

    @staticmethod
    def members(client, day: str) -> set[str]:
        countries = ask(client, "organisations/maoc-n")["countries"]
        return {part["country"] for part in countries if part["from"]["latest"] <= day and part["role"] == "party"}

    def test_api(self, client):
        assert self.members(client, "2021-12-02") == self.THEN
        assert self.members(client, "2026-11-23") - self.THEN == {"BE", "DE"}
        figures = ask(client, f"figures?organisation=maoc-n&{LETTER_DAY}")["results"]
        achieved = {(figure["unit"], figure["value"] or figure["min"]) for figure in figures}
        assert {("arrests", 350), ("tonnes", 200), ("euro", 2_000_000_000)} <= achieved
        assert {figure["period"]["edtf"] for figure in figures if figure["unit"] == "arrests"} == {"2019/2021"}

    def test_page(self, client):
        then, now = (text_of(client, f"/organisations/maoc-n/?{clock}") for clock in (LETTER_DAY, CLOSED))
        for code in self.THEN:
            assert f"/countries/{code}/" in then
        for code in ("BE", "DE"):
            assert f"/countries/{code}/" in now
            assert f"/countries/{code}/" not in then.split("<main", 1)[1]
        assert "350" in then


class TestWhatMovedAndWhatIsDue:
    MOVED = f"from=2022-01-01&until=2022-06-30&state=occurred&{CLOSED}"

    def test_what_moved_in_the_first_half_of_2022(self, client):
        answer = ask(client, f"milestones?{self.MOVED}&pageSize=200")
        rows = {row["key"]: row for row in answer["results"]}
        assert {"prum-ii-verordening.bnc-fiche", "schengengrenscode-herziening.bnc-fiche"} <= set(rows)
        assert {row["resource"] for row in rows.values()} >= {"eu-proposals", "initiatives", "mous", "placements"}
        for row in rows.values():
            assert (row["date"]["earliest"] or "") <= "2022-06-30"
            assert (row["date"]["latest"] or "9999") >= "2022-01-01"
        page = text_of(client, f"/timeline/?{self.MOVED}&pageSize=200")
        assert f"<strong>{answer['count']} " in page

    def test_what_is_due_in_the_next_90_days(self, client):
        today = date(2026, 11, 23)
        until = today + timedelta(days=90)
        due = f"open=true&from={today}&until={until}&{CLOSED}"
        rows = ask(client, f"milestones?{due}&pageSize=200")["results"]
        assert rows
        assert {row["state"] for row in rows} == {"expected"}
        page = text_of(client, f"/timeline/?{due}")
        assert f"<strong>{len(rows)} " in page

    def test_the_first_page_leads_to_it(self, client):
        until = timezone.localdate() + timedelta(days=90)
        assert f"until={until}" in text_of(client, "/")


class TestEverythingThatConcerns:
    """Question 5: Suriname, Curaçao, and one source: on the page of each, and in the API."""

    @pytest.mark.parametrize(
        ("code", "kinds"),
        [
            ("SR", {"placements": 1, "mous": 1, "initiatives": 3}),
            ("CW", {"mous": 1, "initiatives": 6}),
        ],
    )
    def test_a_country(self, client, code, kinds):
        rows = ask(client, f"instruments?country={code}&{LETTER_DAY}&pageSize=200")["results"]
        assert Counter(row["resource"] for row in rows) == kinds
        page = text_of(client, f"/countries/{code}/?{LETTER_DAY}")
        assert [row["key"] for row in rows if f"/{row['key']}/?" not in page] == []

    def test_a_country_has_what_was_promised_and_what_happened(self, client):
        promises = ask(client, f"commitments?country=SR&{LETTER_DAY}&state=open,overdue")["results"]
        page = text_of(client, f"/countries/SR/?{LETTER_DAY}")
        assert promises
        assert [promise["whatEn"] for promise in promises if html.escape(promise["whatEn"]) not in page] == []
        assert ask(client, f"milestones?country=SR&{LETTER_DAY}")["count"] > 0
        assert f"/timeline/?country=SR&amp;{LETTER_DAY.replace('&', '&amp;')}" in page

    @pytest.mark.parametrize("code", ["AW", "SX", "BQ"])
    def test_the_rest_of_the_kingdom(self, client, code):
        rows = ask(client, f"instruments?country={code}&{LETTER_DAY}&fields=key")["results"]
        page = text_of(client, f"/countries/{code}/?{LETTER_DAY}")
        assert len(rows) > 5
        assert [row["key"] for row in rows if f"/{row['key']}/?" not in page] == []

    def test_a_source(self, client):
        rows = ask(client, f"instruments?source=brief-2021-12-02&{LETTER_DAY}&pageSize=200&fields=key,resource")
        assert {row["resource"] for row in rows["results"]} >= {
            *("eu-proposals", "interpol-items", "treaties", "provisions", "initiatives", "placements", "mous"),
        }
        page = text_of(client, f"/sources/brief-2021-12-02/?{LETTER_DAY}")
        assert [row["key"] for row in rows["results"] if f"/{row['key']}/?" not in page] == []
