"""What is seen of a selection: counts, charts, crossed tables and comparisons, against a plain reading of the rows."""

import html
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import date

import pytest
from django.http import QueryDict
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cooperation.register.lists.aggregates import GROUP_BY
from cooperation.register.models import StageSpan

from .agreement import CLOCKS, AgreementContract, Reader, every_row
from .kind import COUNTED_VIEWS, LETTER_DAY, WORD
from .outlets import at, get, read

# Days that are compared: in order, the wrong way round, the same, and the edges of the calendar.
COMPARED = (
    ("2021-12-02", "2026-11-23", "2015-09-08", ""),
    ("2021-12-02", "2021-12-02", "2015-09-08", "2015-09-08"),
    ("2015-09-08", "2026-11-23", "2021-12-02", ""),
    ("2024-05-01", "2024-05-01", "2024-05-01", "2021-12-02"),
    ("2021-12-02", "2021-12-02", "2021-12-02", ""),
    ("0001-01-01", "2026-11-23", "9999-12-31", ""),
)
NUMBER = re.compile(r'<td class="num">\s*<a href="(\?[^"]+)">(\d+)</a>')
BAR = re.compile(r'<a href="(\?[^"]+)">[^<]*</a></th>\s*<td class="num">(\d+)</td>')


class SeeingContract(AgreementContract):
    """Statistics, views and changes of one kind."""

    # --- counts ------------------------------------------------------------------------------------------------------

    def values_of(self, client, valid_on: str, known_on: str) -> dict[str, Callable[[dict], Iterable]]:
        """What a row says, by the property that is counted by."""
        countries = {row["code"]: row for row in every_row(client, "/api/v1/countries")}
        reader = Reader(self.list_page.filterset_class.default_roles, countries, valid_on, set())
        years = self.years(known_on, valid_on)
        return {
            "country": reader.places,
            "region": lambda row: {countries[code]["region"] for code in reader.places(row)},
            "group": reader.groups,
            "kind": lambda row: [row["kind"]],
            "organisation": lambda row: {part["organisation"] for part in row["organisations"]},
            "theme": lambda row: row["themes"],
            "stage": lambda row: [row["stage"]],
            "year": lambda row: years[row["key"]],
        }

    def years(self, known_on: str, valid_on: str) -> dict[str, dict[str, tuple[bool, bool]]]:
        """By record: the years in which it stood, each with whether that is certain and whether it is the first."""
        ladder = self.model.ladder
        standing = ladder.stages[1:2] if ladder.evidence else ladder.stages
        spans = StageSpan.objects.filter(
            instrument__resource=self.model.RESOURCE, stage__in=standing, known__contains=date.fromisoformat(known_on)
        ).select_related("instrument")
        edges = [day.year for span in spans for day in (span.valid.lower, span.valid.upper) if day]
        reach = min(int(valid_on[:4]), max([timezone.localdate().year, *edges]))
        found: dict[str, dict[str, tuple[bool, bool]]] = defaultdict(dict)
        first = {}
        for span in sorted(spans, key=lambda span: str(span.valid.lower or "")):
            key, days = span.instrument.key, span.valid
            first.setdefault(key, days.lower and days.lower.year)
            for year in range(days.lower.year if days.lower else reach + 1, reach + 1):
                if days.upper is None or f"{year:04}-01-01" < days.upper.isoformat():
                    certain = span.certain or found[key].get(str(year), (False,))[0]
                    found[key][str(year)] = (certain, first[key] == year)
        return found

    @pytest.mark.sql
    def test_counts_are_those_of_a_plain_reading(self, client):
        for valid_on, known_on in CLOCKS:
            clock = f"validOn={valid_on}&knownOn={known_on}"
            rows = every_row(client, at(self.api, clock))
            values = self.values_of(client, valid_on, known_on)
            for name in GROUP_BY:
                answer = get(client, at(self.statistics, f"groupBy={name}&{clock}")).json()
                assert answer["total"] == len(rows)
                expected = Counter(value for row in rows for value in list(values[name](row)) or [None])
                assert {group["value"]: group["count"] for group in answer["groups"]} == expected, (name, clock)
                by_stage = Counter((v, row["stage"]) for row in rows for v in list(values[name](row)) or [None])
                counted = {
                    (group["value"], stage): n for group in answer["groups"] for stage, n in group["byStage"].items()
                }
                assert counted == by_stage, (name, clock)

    @pytest.mark.sql
    def test_years_tell_certain_from_possible_and_which_was_the_first(self, client):
        for valid_on, known_on in CLOCKS:
            clock = f"validOn={valid_on}&knownOn={known_on}"
            years, certain, started, every = self.years(known_on, valid_on), Counter(), Counter(), Counter()
            for row in every_row(client, at(self.api, clock)):
                for year, (is_certain, is_first) in years[row["key"]].items():
                    every[year] += 1
                    certain[year] += is_certain
                    started[year] += is_first
            groups = get(client, at(self.statistics, f"groupBy=year&{clock}")).json()["groups"]
            for group in groups:
                year = group["value"]
                expected = (certain[year], every[year] - certain[year], started[year]) if year else (0, 0, 0)
                assert (group["certain"], group["possible"], group["started"]) == expected, (year, clock)
            assert {group["value"] for group in groups} - {None} == set(every)

    @pytest.mark.parametrize(
        "names", [("country", "stage"), ("organisation", "year"), ("theme", "region"), ("group", "kind")]
    )
    def test_two_properties_cross(self, client, names):
        valid_on, known_on = CLOCKS[0]
        clock = f"validOn={valid_on}&knownOn={known_on}"
        rows, values = every_row(client, at(self.api, clock)), self.values_of(client, valid_on, known_on)
        first, second = (values[name] for name in names)
        answer = get(client, at(self.statistics, f"groupBy={','.join(names)}&{clock}")).json()
        expected = Counter(
            (a, b) for row in rows for a in list(first(row)) or [None] for b in list(second(row)) or [None]
        )
        groups = answer["groups"]
        assert {(a["value"], b["value"]): b["count"] for a in groups for b in a["groups"]} == expected
        for totals, name in ((groups, names[0]), (answer["totals"], names[1])):
            alone = get(client, at(self.statistics, f"groupBy={name}&{clock}")).json()["groups"]
            assert [{**total, "groups": None} for total in totals] == [{**group, "groups": None} for group in alone]
        assert answer["total"] == len(rows)
        repeated = "&".join(f"groupBy={name}" for name in names)
        assert get(client, at(self.statistics, f"{repeated}&{clock}")).json() == answer

    def test_at_most_two_properties(self, client):
        for path in (self.statistics, self.changes):
            get(client, at(path, "groupBy=kind"))
        for query, code in (("groupBy=kind,stage,year", "max_words"), ("groupBy=kind,colour", "invalid_choice")):
            (fault,) = get(client, at(self.statistics, query), status=400).json()["invalidParams"]
            assert (fault["name"], fault["code"]) == ("groupBy", code)
            assert "groupBy" in read(client, at(self.page, f"view=pivot&{query}"), status=400)

    # --- views -------------------------------------------------------------------------------------------------------

    def test_every_number_leads_to_the_list_that_it_counts(self, client):
        seen = 0
        for view in (
            "view=map",
            "view=chart",
            "view=pivot&groupBy=country,stage",
            "view=pivot&groupBy=organisation,kind",
        ):
            page = read(client, at(self.page, f"{view}&{LETTER_DAY}"))
            links = [*NUMBER.findall(page), *BAR.findall(page)]
            for address, number in links[:: len(links) // 12 + 1]:
                question = self.ask(html.unescape(address)[1:])
                assert not question.faults
                assert question.selection.count() == int(number), address
                seen += 1
        assert seen or not get(client, at(self.api, LETTER_DAY)).json()["count"]

    def test_a_view_names_the_same_in_the_api(self, client):
        for view, path in (
            ("map", self.statistics),
            ("chart", self.statistics),
            ("pivot", self.statistics),
            ("changes", self.changes),
        ):
            page = read(client, at(self.page, f"view={view}&{LETTER_DAY}"))
            address = html.unescape(re.search(r'class="api-address">.*?href="([^"]+)"', page, re.DOTALL)[1])
            assert address.startswith(f"http://testserver{path}?")
            get(client, address.removeprefix("http://testserver"))

    @pytest.mark.parametrize("view", COUNTED_VIEWS)
    @pytest.mark.parametrize(
        "query",
        ["", "q=zzzz", "validOn=0001-01-01", "validOn=9999-12-31&knownOn=9999-12-31", "groupBy=year", "sort=-title"],
    )
    @pytest.mark.slow
    def test_shows_any_selection(self, client, view, query):
        for language in ("nl", "en"):
            read(client, at(self.page, f"view={view}&{query}"), language=language)

    @pytest.mark.parametrize("view", COUNTED_VIEWS)
    def test_shows_one_record(self, client, view):
        self.factory(title_nl=WORD, title_en="")
        (row,) = get(client, at(self.api, f"q={WORD}&validOn=2020-01-01")).json()["results"]
        page = read(client, at(self.page, f"view={view}&q={WORD}&validOn=2020-01-01"))
        assert f"<strong>{int(row['stage'] in self.standing)} " in page

    # --- two days ----------------------------------------------------------------------------------------------------

    @property
    def standing(self) -> set[str]:
        """The stages that are no end, and not that nothing is known."""
        return set(self.model.ladder.every_stage) - self.model.ladder.end_stages - {"not_known"}

    def expected_changes(self, client, query: str, days: tuple[str, str, str, str]) -> dict[str, str]:
        """What came, went and changed of what stands, by what the two lists say themselves."""
        valid_on, known_on, against, against_known_on = days
        earlier = f"validOn={against}&knownOn={against_known_on or known_on}"
        standing = set(self.model.ladder.every_stage) if "stage" in query or "standing" in query else self.standing
        then, now = (
            {row["key"]: row for row in every_row(client, at(self.api, f"{query}&{clock}")) if row["stage"] in standing}
            for clock in (earlier, f"validOn={valid_on}&knownOn={known_on}")
        )
        found = {}
        for key in then | now:
            before, after = then.get(key), now.get(key)
            if before is None or after is None:
                found[key] = "came" if before is None else "went"
            elif _facts(before) != _facts(after):
                found[key] = "changed"
        return found

    def answered_changes(self, client, query: str, days: tuple[str, str, str, str]) -> dict[str, str]:
        valid_on, known_on, against, against_known_on = days
        asked = f"{query}&validOn={valid_on}&knownOn={known_on}&against={against}&againstKnownOn={against_known_on}"
        answer = get(client, at(self.changes, f"{asked}&pageSize=200")).json()
        assert (answer["validOn"], answer["against"]) == (valid_on, against)
        assert answer["againstKnownOn"] == (against_known_on or known_on)
        rows = every_row(client, at(self.changes, asked))
        found = {row["key"]: row["change"] for row in rows}
        assert answer["count"] == len(rows) == len(found)
        counts = Counter(found.values())
        assert [answer[change] for change in ("came", "went", "changed")] == [
            counts[change] for change in ("came", "went", "changed")
        ]
        order = [("came", "went", "changed").index(row["change"]) for row in rows]
        assert order == sorted(order)
        for row in rows:
            if row["change"] == "changed":
                assert row["differs"]
            assert (row["then"] or row["now"]) is not None
        page = read(client, at(self.page, f"{asked}&view=changes"))
        shown = re.findall(r'class="changes__count">(\d+)<', page)
        assert shown == [str(counts[change]) for change in ("came", "went", "changed")]
        return found

    @pytest.mark.parametrize("days", COMPARED)
    @pytest.mark.slow
    def test_changes_are_those_of_the_two_lists(self, client, days):
        assert self.answered_changes(client, "", days) == self.expected_changes(client, "", days)

    @pytest.mark.slow
    def test_changes_of_any_question(self, client):
        @settings(
            max_examples=self.examples,
            deadline=None,
            database=None,
            suppress_health_check=[HealthCheck.function_scoped_fixture],
        )
        @given(question=self.questions(), days=st.sampled_from(COMPARED))
        def agree(question, days):
            asked = QueryDict(question, mutable=True)
            for name in ("sort", "validOn", "knownOn"):
                asked.pop(name, None)
            query = asked.urlencode()
            assert self.answered_changes(client, query, days) == self.expected_changes(client, query, days)

        agree()

    def test_without_a_day_a_year_before(self, client):
        answer = get(client, at(self.changes, "validOn=2024-02-29&knownOn=2024-03-01")).json()
        assert (answer["against"], answer["againstKnownOn"]) == ("2023-02-28", "2024-03-01")
        for name in ("against", "againstKnownOn"):
            (fault,) = get(client, at(self.changes, f"{name}=2021-02-30"), status=400).json()["invalidParams"]
            assert fault["name"] == name
            assert name in read(client, at(self.page, f"view=changes&{name}=yesterday"), status=400)
        get(client, at(self.changes, "page=400"), status=404)
        get(client, at(self.page, "view=changes&page=400"), status=404)


def _facts(row: dict) -> tuple:
    """What makes that a record has changed, when it is another."""
    return (
        (row["stage"], row["stageCertain"]),
        {(part["country"], part["role"]) for part in row["countries"]},
        {(part["organisation"], part["role"]) for part in row["organisations"]},
        {(made["key"], made["state"]) for made in row["milestones"]},
    )
