"""One question, one answer: page, API and export agree, and the answer is what a plain reading of the rows gives."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cooperation.register.exports import API_EXPORTS, EXPORTS
from cooperation.register.lists.fields import AnyOfField, DayField, KeysField, MomentField
from cooperation.register.models import kinds

from .kind import Kind
from .outlets import api_keys, at, csv_keys, export_keys, get, page_keys, read_on

CLOCKS = (("2021-12-02", "2021-12-02"), ("2024-05-01", "2024-05-01"), ("2019-06-30", "2026-11-23"))
WORDS = ("police", "tirana", "schengen", "directive", "officer", "europa", "brazil")


class AgreementContract(Kind):
    """Random questions to the real data set: every outlet gives the same keys in the same order."""

    examples = 3  # random questions for each kind

    def questions(self) -> st.SearchStrategy[str]:
        filterset = self.list_page.filterset_class(QueryDict(), self.model.objects.all())
        keys = {name: values(field) for name, field in filterset.form.fields.items()}
        clocks = {name: keys.pop(name) for name in ("validOn", "knownOn")}
        sort = st.lists(
            st.builds("{}{}".format, st.sampled_from(("", "-")), st.sampled_from(self.sort_keys())),
            max_size=2,
            unique_by=lambda key: key.removeprefix("-"),
        ).map(",".join)
        # One side of a range only: the wrong way round it is refused. `test_a_range_of_days…` asks both.
        asked = st.lists(st.sampled_from(sorted(keys)), max_size=2, unique_by=_without_side)
        return st.builds(
            "{}&{}&sort={}".format,
            asked.flatmap(lambda names: st.tuples(*(keys[name].map(f"{name}={{}}".format) for name in names))).map(
                "&".join
            ),
            st.fixed_dictionaries({}, optional=clocks).map(lambda days: "&".join(f"{k}={v}" for k, v in days.items())),
            sort,
        )

    def sort_keys(self) -> list[str]:
        return [column.key for column in self.list_page.columns if column.sort]

    @pytest.mark.slow
    @pytest.mark.sql
    def test_page_api_and_export_agree(self, client):
        seen = []

        @settings(
            max_examples=self.examples,
            deadline=None,
            database=None,
            suppress_health_check=[HealthCheck.function_scoped_fixture],
        )
        @given(question=self.questions())
        def agree(question):
            exported = csv_keys(client, self.page, question)
            assert page_keys(client, self.page, question) == exported
            assert api_keys(client, self.api, f"{question}&pageSize=30") == exported
            assert api_keys(client, self.api, f"{question}&pageSize=30&cursor=") == read_on(exported, question)
            for path, extensions in ((self.page, EXPORTS), (self.api, API_EXPORTS)):
                for extension in extensions:
                    assert export_keys(client, path, question, extension) == exported, extension
            for group_by in ("kind", "stage"):
                counts = get(
                    client, at(self.statistics, f"{question.partition('&sort=')[0]}&groupBy={group_by}")
                ).json()
                assert counts["total"] == len(exported)
                assert sum(group["count"] for group in counts["groups"]) == len(exported)
            seen.append(len(exported))

        agree()
        assert max(seen) > 1, "no question had rows: nothing was compared"


def _without_side(name: str) -> str:
    return name.lower().removesuffix("from").removesuffix("until")


def values(field: forms.Field) -> st.SearchStrategy[str]:
    """Right values for a field of the form."""
    if isinstance(field, DayField):
        return st.dates(date(2012, 1, 1), date(2026, 12, 31)).map(str)
    if isinstance(field, MomentField):
        return st.sampled_from(("2021-12-02", "2021-12-02T10:00:00Z", "2099-01-01T00:00:00%2B02:00"))
    if isinstance(field, KeysField):
        return st.sampled_from(list(field.queryset.values_list("key", flat=True)))
    if isinstance(field, forms.ChoiceField):
        choices = st.sampled_from([value for value, _label in field.choices if value])
        return st.lists(choices, min_size=1, max_size=3, unique=True).map(",".join) if is_any_of(field) else choices
    return st.sampled_from(WORDS)


def is_any_of(field: forms.Field) -> bool:
    return isinstance(field, AnyOfField)


class OracleContract(Kind):
    """Each key against a plain reading of what the rows themselves say."""

    @pytest.mark.sql
    @pytest.mark.slow
    def test_every_key_gives_the_rows_that_say_so(self, client):
        countries = {row["code"]: row for row in every_row(client, "/api/v1/countries")}
        letters = every_row(client, "/api/v1/sources?kind=letter")
        for valid_on, known_on in CLOCKS:
            clock = f"validOn={valid_on}&knownOn={known_on}"
            rows = every_row(client, at(self.api, clock))
            out = {row["key"] for row in letters if row["published"] and row["published"]["latest"] <= known_on}
            reader = Reader(self.list_page.filterset_class.default_roles, countries, valid_on, out)
            for key, says, opposite in reader.questions():
                found = [value for row in rows for value in says(row)]
                some = sorted(set(found), key=lambda value: (-found.count(value), value))
                for value in some[:: len(some) // 5 + 1]:
                    expected = {row["key"] for row in rows if value in says(row)}
                    assert self.keys(f"{key}={value}&{clock}") == expected, (key, value, clock)
                    if opposite:
                        others = {row["key"] for row in rows} - expected
                        assert self.keys(f"{key}Not={value}&{clock}") == others, (f"{key}Not", value, clock)

    def test_two_keys_are_both_asked_and_two_values_are_either(self, client):
        rows = every_row(client, at(self.api, "validOn=2021-12-02&knownOn=2021-12-02"))
        clock = "validOn=2021-12-02&knownOn=2021-12-02"
        kinds, stages = {row["kind"] for row in rows}, sorted({row["stage"] for row in rows})
        for kind in sorted(kinds):
            expected = {row["key"] for row in rows if row["kind"] == kind and row["stage"] in stages[:2]}
            assert self.keys(f"kind={kind}&stage={','.join(stages[:2])}&{clock}") == expected

    def test_a_range_of_days_matches_what_may_lie_in_it_and_says_what_certainly_does(self, client):
        clock = "validOn=2024-05-01&knownOn=2024-05-01"
        rows = every_row(client, at(self.api, clock))
        ranges = {f"{name}{{}}": kinds for name, kinds in self.list_page.filterset_class.ranges.items()}
        asked = [(f"{name.format('From')}={{}}&{name.format('Until')}={{}}", k) for name, k in ranges.items()]
        asked.append((f"milestone={self.milestone}&from={{}}&until={{}}", (self.milestone,)))
        matched = 0
        for query, of_kinds in asked:
            days = sorted(
                {m["date"]["earliest"] for row in rows for m in row["milestones"] if m["kind"] in of_kinds} - {None}
            )
            for first in days[:: len(days) // 4 + 1]:
                last = str(date.fromisoformat(first) + timedelta(days=20))
                expected = dict(_in_range(rows, of_kinds, first, last, standing="milestone=" not in query))
                matched += len(expected)
                path = at(self.api, f"{query.format(first, last)}&{clock}&fields=key,matchCertain&pageSize=200")
                found = {row["key"]: row["matchCertain"] for row in get(client, path).json()["results"]}
                assert found == expected, (query, first, last)
        assert matched or self.model.ladder.follows  # a kind without milestones of its own has no days to match

    def keys(self, query: str) -> set[str]:
        question = self.list_page.ask(QueryDict(query), AnonymousUser())
        assert not question.faults, query
        return set(question.selection.values_list("key", flat=True))


def _in_range(
    rows: list[dict], kinds: tuple[str, ...], first: str, last: str, standing: bool
) -> Iterator[tuple[str, bool]]:
    """The rows with a milestone that may lie between two days, each with whether one certainly does.

    `standing`: an expectation that something has closed, and what was cancelled, have no day any more.
    """
    for row in rows:
        closed = {m["fulfils"] for m in row["milestones"] if m["state"] != "expected"} if standing else set()
        left_out = {"cancelled"} if standing else set()
        days = [
            m["date"]
            for m in row["milestones"]
            if m["kind"] in kinds
            and m["state"] not in left_out
            and not (m["state"] == "expected" and m["key"] in closed)
        ]
        if any((day["earliest"] or "") <= last and first <= (day["latest"] or "9") for day in days):
            yield row["key"], any(first <= (day["earliest"] or "") and (day["latest"] or "9") <= last for day in days)


def every_row(client, path: str) -> list[dict]:
    rows, address = [], f"{path}{'&' if '?' in path else '?'}pageSize=200"
    while address:
        answer = get(client, address).json()
        rows += answer["results"]
        address = answer["next"]
    return rows


def ends_of(row: dict) -> set[str]:
    return set(kinds()[row["resource"]].ladder.end_stages)


class Reader:
    """What a row says, as values of a key of the question."""

    def __init__(self, default_roles: tuple[str, ...], countries: dict[str, dict], day: str, letters: set[str]):
        self.roles, self.countries, self.day, self.letters = default_roles, countries, day, letters

    def questions(self) -> Iterator[tuple[str, Callable[[dict], set[str]], bool]]:
        """Each key, what a row says about it, and whether there is an opposite key."""
        yield "stage", lambda row: {row["stage"]}, True
        yield "kind", lambda row: {row["kind"]}, True
        yield "certain", lambda row: {_yes(row["stageCertain"])}, False
        yield "disputed", lambda row: {_yes(row["disputed"])}, False
        yield "standing", lambda row: {_yes(row["stage"] not in ends_of(row) | {"not_known"})}, False
        yield "stalled", lambda row: {_yes(row["stalled"])}, False
        yield "theme", lambda row: set(row["themes"]), True
        yield "organisation", lambda row: {part["organisation"] for part in row["organisations"]}, True
        yield "milestone", lambda row: {made["kind"] for made in row["milestones"]}, False
        yield "source", self.sources, True
        yield "inLetter", lambda row: {_yes(bool(self.sources(row) & self.letters))}, False
        yield "country", self.places, True
        yield "region", lambda row: {self.countries[code]["region"] for code in self.places(row)}, True
        yield "group", self.groups, True
        for role in ("host", "covered", "party"):
            yield f"countryRole={role}&country", lambda row, role=role: self.places(row, (role,)), False

    def places(self, row: dict, roles: tuple[str, ...] | None = None) -> set[str]:
        roles = roles or self.roles
        return {part["country"] for part in row["countries"] if not roles or part["role"] in roles}

    def groups(self, row: dict) -> set[str]:
        return {
            member["group"]
            for code in self.places(row)
            for member in self.countries[code]["groups"]
            if (member["from"] is None or (member["from"]["earliest"] or "") <= self.day)
            and (member["until"] is None or self.day <= (member["until"]["latest"] or "9"))
        }

    @staticmethod
    def sources(row: dict) -> set[str]:
        found = {made["source"] for made in row["milestones"]}
        found |= {source for made in row["milestones"] for source in made["alsoSources"]}
        found |= {citation["source"] for citation in row["citations"]}
        found |= {claim["source"] for dispute in row["disputes"] for claim in dispute["claims"]}
        return found | {promise[name] for promise in row["commitments"] for name in ("madeIn", "fulfilledBy")} - {None}


def _yes(value: bool) -> str:
    return "true" if value else "false"
