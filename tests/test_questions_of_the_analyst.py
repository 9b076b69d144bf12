"""The questions of an analyst: the same answer on page and API, held against a plain reading of the records."""

import html
import re
from collections import Counter, defaultdict
from datetime import date

import pytest

from cooperation.register.models import OrganisationRole, StageSpan
from tests.contracts.agreement import every_row
from tests.contracts.outlets import at, get, read

pytestmark = pytest.mark.django_db

CLOSED = "validOn=2026-11-23&knownOn=2026-11-23"  # the data set was closed on this day


def in_words(text: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", text)).split())


class TestWhatChangedInTheWesternBalkans:
    BALKANS = "group=western-balkans&knownOn=2026-11-23"
    ASKED = f"{BALKANS}&validOn=2021-12-02&against=2015-09-08"

    def posts(self, client, day: str) -> dict[str, dict]:
        return {row["key"]: row for row in every_row(client, f"/api/v1/placements?{self.BALKANS}&validOn={day}")}

    def test_api(self, client):
        then, now = (
            {key: row for key, row in self.posts(client, day).items() if row["stage"] not in ("ended", "not_known")}
            for day in ("2015-09-08", "2021-12-02")
        )
        rows = every_row(client, f"/api/v1/changes/placements?{self.ASKED}")
        found = {row["key"]: row for row in rows}
        came, went = ({key for key, row in found.items() if row["change"] == change} for change in ("came", "went"))
        assert (came, went) == (now.keys() - then.keys(), then.keys() - now.keys())
        assert came
        assert went
        for key, row in found.items():
            for side, posts in (("then", then), ("now", now)):
                if key in posts:
                    assert (row[side]["stage"], row[side]["stageCertain"]) == (
                        posts[key]["stage"],
                        posts[key]["stageCertain"],
                    )
        unchanged = now.keys() - found.keys()
        assert {key: now[key]["stage"] for key in unchanged} == {key: then[key]["stage"] for key in unchanged}

    def test_page(self, client):
        answer = get(client, f"/api/v1/changes/placements?{self.ASKED}&pageSize=200").json()
        page = in_words(read(client, f"/placements/?view=changes&{self.ASKED}"))
        sentence = (
            f"From 8 September 2015 to 2 December 2021 : {answer['came']} came, {answer['went']} went,"
            f" {answer['changed']} changed. {answer['totalThen']} stood then, {answer['total']} stand now."
        )
        assert sentence in page
        assert [row["titleEn"] for row in answer["results"] if row["titleEn"] not in page] == []

    def test_each_day_leads_to_the_page_as_it_was(self, client):
        page = html.unescape(read(client, f"/placements/?view=changes&{self.ASKED}"))
        links = re.findall(r'href="(/placements/[a-z0-9-]+/\?[^"]+)"', page)
        days = Counter(re.search(r"validOn=([0-9-]+)", link)[1] for link in links)
        assert set(days) == {"2015-09-08", "2021-12-02"}
        for link in links:
            read(client, link)


class TestActivePostsByYear:
    YEARS = [str(year) for year in range(2010, 2027)]

    @pytest.fixture
    def active(self) -> dict[str, dict[str, bool]]:
        """By post: the years in which it was active, with whether that is certain."""
        found: dict[str, dict[str, bool]] = defaultdict(dict)
        for span in StageSpan.objects.filter(
            instrument__resource="placements", stage="active", known__contains=date(2026, 11, 23)
        ).select_related("instrument"):
            years = found[span.instrument.key]
            for year in self.YEARS:
                first, last = span.valid.lower or date.min, span.valid.upper or date.max
                if span.valid.lower and first <= date(int(year), 12, 31) and last > date(int(year), 1, 1):
                    years[year] = years.get(year, False) or span.certain
        return found

    @staticmethod
    def senders() -> dict[str, set[str]]:
        found = defaultdict(set)
        for role in OrganisationRole.objects.filter(role="sender").select_related("instrument", "organisation"):
            found[role.instrument.key].add(role.organisation.key)
        return found

    def test_by_sending_organisation(self, client, active):
        expected, senders = defaultdict(Counter), self.senders()
        for post, years in active.items():
            for sender in senders[post] or [None]:
                for year, certain in years.items():
                    expected[sender, year]["certain" if certain else "possible"] += 1
        asked = f"groupBy=organisation,year&organisationRole=sender&{CLOSED}"
        answer = get(client, f"/api/v1/statistics/placements?{asked}").json()
        counted = {
            (group["value"], year["value"]): (year["certain"], year["possible"])
            for group in answer["groups"]
            for year in group["groups"]
            if year["value"] in self.YEARS
        }
        assert counted == {key: (count["certain"], count["possible"]) for key, count in expected.items()}
        page = read(client, f"/placements/?view=pivot&{asked}")
        rows = [in_words(row) for row in re.findall(r"<tr>.*?</tr>", page, re.DOTALL)]
        for group in answer["groups"]:
            if group["labelEn"]:
                assert any(row.startswith(group["labelEn"]) for row in rows)

    def test_which_year_saw_most_new_ones(self, client):
        spans = StageSpan.objects.filter(
            instrument__resource="placements", stage="active", known__contains=date(2026, 11, 23)
        )
        first: dict[int, date] = {}
        for span in spans:
            day = span.valid.lower or date.min
            first[span.instrument_id] = min(day, first.get(span.instrument_id, day))
        new = Counter(day.year for day in first.values() if day != date.min)
        groups = get(client, f"/api/v1/statistics/placements?groupBy=year&{CLOSED}").json()["groups"]
        assert {int(group["value"]): group["started"] for group in groups if group["started"]} == new
        most = max(new.values())
        years = ", ".join(str(year) for year in sorted(new) if new[year] == most)
        page = in_words(read(client, f"/placements/?view=chart&groupBy=year&{CLOSED}"))
        assert f"Most new ones in {years}: {most}." in page

    def test_the_chart_draws_what_the_table_says(self, client):
        path = at("/placements/", f"view=chart&groupBy=year&{CLOSED}")
        page = read(client, path)
        groups = get(client, f"/api/v1/statistics/placements?groupBy=year&{CLOSED}").json()["groups"]
        drawn = page.split('class="year-columns__all"')[1].split("</svg>")[0]
        for kind, name in (("certain", "rect"), ("possible", "rect"), ("new", "circle")):
            key = "started" if kind == "new" else kind
            expected = sum(1 for group in groups if group[key])
            assert drawn.count(f'<{name} class="year-columns__{kind}"') == expected


def test_a_column_can_be_moved_and_the_order_stays(client):
    page = html.unescape(read(client, "/placements/?columns=title,stage,key"))
    (forward,) = re.findall(r'href="(\?[^"]+)" aria-label="Move Stage forward"', page)
    assert forward == "?columns=stage,title,key#column-stage"
    moved = read(client, f"/placements/{forward}")
    heads = [in_words(head) for head in re.findall(r"<th scope=\"col\".*?</th>", moved, re.DOTALL)]
    assert heads == ["Stage", "Post", "Key"] * 2  # of what stands, and of what is folded below it
    chosen = re.findall(r'name="columns" value="(\w+)" id="[^"]+" checked', moved)
    assert chosen == ["stage", "title", "key"]
