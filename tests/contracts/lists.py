"""Contracts of a list: the page, the keys, the order, the paging."""

import html
import random
import re
from urllib.parse import urlencode

import pytest
from django.db.models import Q
from django.http import QueryDict
from django.utils import translation

from cooperation.register import actions
from cooperation.register.display.footnotes import SourceMarks
from cooperation.register.domain.edtf import EDTF
from cooperation.register.lists import query as queries
from cooperation.register.lists.fields import AnyOfField, DayField, KeysField, MomentField, WordsField
from tests.factories import SourceFactory

from .kind import LETTER_DAY, WORD, Kind, milestone
from .outlets import api_keys, at, csv_keys, csv_rows, get, read, row_heads, sheet_rows


class ListDeclaration(Kind):
    """The page of a list, under the names of its kind."""

    def test_says_how_many_there_are_and_shows_them(self, client):
        page = read(client, at(self.page, f"{LETTER_DAY}&columns=key&pageSize=200"))
        rows = get(client, at(self.api, f"{LETTER_DAY}&pageSize=200")).json()["results"]
        translation.activate("en")
        standing = [row["key"] for row in rows if row["stage"] in self.model.ladder.standing]
        noun = self.model._meta.verbose_name if len(standing) == 1 else self.model._meta.verbose_name_plural
        assert f"<strong>{len(standing)} {noun}</strong>" in page
        assert row_heads(page) == [row["key"] for row in rows]
        assert [row["key"] for row in rows][: len(standing)] == standing  # what stands comes first

    def test_what_does_not_stand_is_folded_below_what_does(self, client):
        page = read(client, at(self.page, f"{LETTER_DAY}&columns=key&pageSize=200"))
        above, _fold, below = page.partition('<details class="others"')
        rows = get(client, at(self.api, f"{LETTER_DAY}&pageSize=200")).json()["results"]
        ended = [row["key"] for row in rows if row["stage"] not in self.model.ladder.standing]
        assert row_heads(below) == ended
        sorted_by_key = read(client, at(self.page, f"{LETTER_DAY}&columns=key&pageSize=200&sort=key"))
        assert row_heads(sorted_by_key) == sorted(row_heads(above) + ended)

    def test_what_is_read_by_cursor_comes_by_key(self, client):
        keys = api_keys(client, self.api, "pageSize=7&cursor=")
        assert keys == sorted(keys) == sorted(api_keys(client, self.api, "pageSize=200"))


class ListPageContract(ListDeclaration):
    """The page of a list, as a person reads it."""

    def test_gives_the_address_of_the_same_rows_in_the_api(self, client):
        kind = self.model.Kind.values[0]
        page = read(client, at(self.page, f"kind={kind}&sort=-title&columns=key&{LETTER_DAY}"))
        (address,) = re.findall(r'class="api-address">[^<]*<a href="([^"]+)"', page)
        rows = get(client, html.unescape(address)).json()["results"]
        assert [row["key"] for row in rows] == row_heads(page)

    def test_offers_an_export_of_the_same_rows_and_columns(self, client):
        page = read(client, at(self.page, f"columns=key&sort=-key&{LETTER_DAY}"))
        for name, rows_of in {"csv": csv_rows, "xlsx": sheet_rows}.items():
            (address,) = re.findall(rf'<a href="([^"]*format={name}[^"]*)">{name.upper()}', page)
            _header, *rows = rows_of(client, self.page, html.unescape(address).removeprefix("?"))
            assert [row[0] for row in rows][: len(row_heads(page))] == row_heads(page)

    def test_a_chip_for_each_filter_takes_that_one_off(self, client):
        first, second = self.model.Kind.values[:2]
        page = read(client, at(self.page, f"kind={first},{second}&disputed=false&{LETTER_DAY}"))
        chips = [html.unescape(address) for address in re.findall(r'class="chip">.*?<a href="([^"]+)"', page)]
        assert len(chips) == 3
        without = [self.ask(chip.removeprefix("?")).filterset.given for chip in chips]
        assert [given["kind"] for given in without] == [[second], [first], [first, second]]
        assert ["disputed" in given for given in without] == [True, True, False]

    def test_a_column_that_sorts_turns_round(self, client):
        page = read(client, at(self.page, "sort=title"))
        head = re.search(r'aria-sort="ascending"><a href="([^"]+)"', page)
        turned = read(client, at(self.page, html.unescape(head[1]).removeprefix("?")))
        assert "sort=-title" in head[1]
        assert 'aria-sort="descending"' in turned

    def test_says_so_when_nothing_fits(self, client):
        page = read(client, at(self.page, "q=zzqqxxnothingatall"))
        assert "Nothing in the register fits this question on this day." in page
        assert row_heads(page) == []
        assert get(client, at(self.api, "q=zzqqxxnothingatall&page=1")).json()["count"] == 0

    def test_an_address_without_its_slash_leads_to_the_page(self, client):
        answer = get(client, self.page.removesuffix("/"), status=301)
        assert answer["Location"] == self.page

    def test_a_title_is_text_and_no_markup(self, client):
        record = self.factory(title_nl=f"{WORD} <script>alert(1)</script>", title_en="")
        for path in (at(self.page, f"q={WORD}"), self.page_of(record.key)):
            page = read(client, path)
            assert "<script>alert" not in page
            assert "&lt;script&gt;alert(1)" in page

    @pytest.mark.sql
    def test_a_word_finds_whatever_its_accents_and_a_typing_error(self, client):
        record = self.factory(title_nl=f"Réünie {WORD}")
        for words in (f"reunie {WORD}", f"RÉÜNIE {WORD.upper()}", "zzqwxpruef"):
            assert record.key in api_keys(client, self.api, urlencode({"q": words}))


class FilterDeclaration(Kind):
    """The keys of a question: all that the contract names, no others, and every fault named at once."""

    # The keys of `api.md` that concern every kind, each with a right value and a wrong one.
    @property
    def shared_keys(self) -> dict[str, str]:
        kind, stage = self.model.Kind.values[0], self.model.ladder.every_stage[0]
        return {
            "q": "police",
            "standing": "true",
            "validOn": "2021-12-02",
            "knownOn": "2022-01-01",
            "country": "al,BR",
            "countryNot": "NZ",
            "countryRole": "host,covered",
            "region": "southern-europe",
            "regionNot": "polynesia",
            "group": "western-balkans",
            "groupNot": "benelux",
            "theme": "drugs",
            "themeNot": "border-control",
            "organisation": "politie",
            "organisationNot": "kmar",
            "organisationRole": "sender,host",
            "countryWithout": "mous",
            "kind": kind,
            "kindNot": kind,
            "stage": stage,
            "stageNot": stage,
            "source": "brief-2021-12-02",
            "sourceNot": "brief-2021-12-02",
            "certain": "true",
            "milestone": self.milestone,
            "from": "2020-01-01",
            "until": "2021-01-01",
            "changedSince": "2021-12-02T10:00:00+01:00",
            "disputed": "false",
            "stalled": "false",
            "inLetter": "true",
        }

    @property
    def ranges(self) -> dict[str, str]:
        names = self.list_page.filterset_class.ranges
        return {f"{name}{side}": "2020-05-05" for name in names for side in ("From", "Until")}

    presentation = {
        "sort": "-title,key",
        "page": "1",
        "pageSize": "200",
        "fields": "key,stage",
        "expand": "sources",
        "columns": "title,key",
        "view": "table",
        "lang": "en",
        "headers": "keys",
        "count": "exact",
    }

    def test_the_keys_are_those_of_the_contract(self):
        declared = set(self.list_page.filterset_class.base_filters)
        assert declared == {*self.shared_keys, *self.ranges, *self.own_keys}

    def test_every_key_is_accepted_in_every_outlet(self, client):
        """On the page: `test_every_key_can_be_set_in_the_form_and_taken_off`; in exports: where outlets agree."""
        get(client, at(self.page, urlencode(self.presentation)))
        query = urlencode({**self.shared_keys, **self.ranges, **self.own_keys, **self.presentation})
        get(client, at(self.api, query))
        get(client, at(self.statistics, f"{query}&groupBy=kind"))

    def wrong(self, name: str) -> str:
        field = self.list_page.filterset_class.base_filters[name].field
        kinds = {
            AnyOfField: "nonesuch",
            DayField: "2021-02-30",
            MomentField: "yesterday",
            KeysField: "nonesuch",
            WordsField: "a\x00b",
        }
        return next((value for kind, value in kinds.items() if isinstance(field, kind)), "maybe")

    wrong_presentation = {
        "sort": "-colour",
        "page": "0",
        "pageSize": "201",
        "format": "pdf",
        "columns": "title,colour",
        "headers": "both",
        "count": "roughly",
        "lang": "de",
        "cursor": "forged",  # and it excludes `page`
        "contry": "BR",
        "ValidOn": "2021-12-02",
    }

    def test_every_fault_is_named_at_once(self, client):
        names = self.list_page.filterset_class.base_filters
        wrong = {name: self.wrong(name) for name in names} | self.wrong_presentation
        answer = get(client, at(self.api, urlencode(wrong)), status=400)
        assert answer["Content-Type"] == "application/problem+json"
        problem = answer.json()
        faults = {fault["name"]: fault for fault in problem["invalidParams"]}
        assert set(faults) == set(wrong)
        assert all(fault["reason"] for fault in faults.values())
        assert {name: faults[name]["code"] for name in ("contry", "ValidOn", "cursor")} == {
            "contry": "unknown",
            "ValidOn": "unknown",
            "cursor": "exclusive",
        }
        assert "results" not in problem
        counts = get(client, at(self.statistics, urlencode(wrong)), status=400).json()["invalidParams"]
        assert {fault["name"] for fault in counts} == {*wrong, "groupBy"}

    def test_the_page_says_the_same_beside_the_field_and_shows_no_rows(self, client):
        names = self.list_page.filterset_class.base_filters
        wrong = {name: self.wrong(name) for name in names} | self.wrong_presentation
        problem = get(client, at(self.api, urlencode(wrong)), status=400).json()
        page = html.unescape(read(client, at(self.page, urlencode(wrong)), status=400))
        for fault in problem["invalidParams"]:
            assert page.count(fault["reason"]) >= 1, fault
            if fault["name"] in names and fault["name"] not in ("validOn", "knownOn"):
                beside = re.search(rf'id="id_{fault["name"]}_error">(.*?)</p>', page, re.DOTALL)
                assert beside, f"no sentence beside {fault['name']}"
                assert fault["reason"] in beside[1]
        assert row_heads(page) == []
        assert "<strong>" not in page.split("<main", 1)[1].split("list__main", 1)[1]

    def test_until_before_from_is_a_fault_of_until(self, client):
        names = ["from", *(name for name in self.ranges if name.endswith("From"))]
        for first in names:
            last = "until" if first == "from" else first.replace("From", "Until")
            query = f"{first}=2021-01-02&{last}=2021-01-01"
            (fault,) = get(client, at(self.api, query), status=400).json()["invalidParams"]
            assert (fault["name"], fault["code"]) == (last, "order")
            get(client, at(self.api, f"{first}=2021-01-01&{last}=2021-01-01"))


class FilterContract(FilterDeclaration):
    """A question is read in one way, whatever writes it."""

    def test_a_form_that_was_sent_empty_asks_for_everything(self, client):
        names = [*self.shared_keys, *self.ranges, *self.own_keys, "sort", "page", "pageSize", "columns"]
        query = urlencode(dict.fromkeys(names, ""))
        assert get(client, at(self.api, query)).json()["count"] == get(client, self.api).json()["count"] > 0
        get(client, at(self.page, query))

    def test_repeated_with_commas_and_in_either_case_is_the_same(self, client):
        first, second = self.model.Kind.values[:2]
        ways = (f"kind={first}&kind={second}", f"kind={first},{second}", f"kind={second.upper()},{first}")
        one, two, three = (api_keys(client, self.api, f"{query}&{LETTER_DAY}") for query in ways)
        assert one == two == three != []

    @pytest.mark.parametrize("outlet", ["page", "api"])
    def test_an_export_of_a_wrong_question_gives_nothing(self, client, outlet):
        answer = get(client, at(getattr(self, outlet), "contry=BR&format=csv"), status=400)
        assert not answer["Content-Type"].startswith("text/csv")

    def test_a_country_is_known_by_code_and_by_name_in_either_language(self, client):
        ways = ("AL", "al", "Albanië", "ALBANIE", "albania", "Albania (AL)", "Albanië (AL)", "AL,", " albania ")
        expected = api_keys(client, self.api, f"country=AL&{LETTER_DAY}")
        for way in ways:
            assert api_keys(client, self.api, f"{urlencode({'country': way})}&{LETTER_DAY}") == expected, way
            assert self.ask(urlencode({"country": way})).filterset.given["country"] == ["AL"], way
        both = "country=Bonaire, Sint Eustatius en Saba&country=albania,BR"
        assert self.ask(both).filterset.given["country"] == ["BQ", "AL", "BR"]
        page = client.get(at(self.page, f"country=albania&countryNot=brazil&{LETTER_DAY}"))
        text = page.content.decode()
        same = api_keys(client, self.api, f"country=AL&countryNot=BR&{LETTER_DAY}")
        assert page.context["page"]["total"] == len(same)
        for name, code in (("country", "AL"), ("countryNot", "BR")):
            assert f'name="{name}" value="{code}" checked' in text
            assert f"{name}={code}" in text
        links = re.findall(r'href="([^"]*)"', text)
        assert not [link for link in links if "albania" in link and "/login/" not in link], "links carry the code"
        pushed = client.get(at(self.page, "country=albania"), headers={"HX-Request": "true"})["HX-Push-Url"]
        assert pushed == at(self.page, "country=AL")

    def test_a_name_of_no_country_is_a_fault_beside_its_field(self, client):
        (fault,) = get(client, at(self.api, "country=AL,Atlantis"), status=400).json()["invalidParams"]
        assert (fault["name"], fault["code"]) == ("country", "invalid_choice")
        assert "Atlantis" in fault["reason"]
        page = html.unescape(read(client, at(self.page, "country=AL&country=Atlantis"), status=400))
        assert fault["reason"] in page.partition('id="id_country_error"')[2].partition("</p>")[0]
        assert 'name="country" value="AL" checked' in page, "what is right stays"
        (typed,) = re.findall(r'<input [^>]*id="country-typed"[^>]*>', page)
        assert 'value="Atlantis"' in typed

    def test_pages_by_number_end_and_a_cursor_reads_on(self, client, monkeypatch):
        everything = api_keys(client, self.api, "pageSize=200")
        size = max(1, len(everything) // 3)
        monkeypatch.setattr(queries, "NUMBERED_LIMIT", size)
        assert api_keys(client, self.api, f"pageSize={size}") == everything
        last = get(client, at(self.api, f"pageSize={size}")).json()
        assert "cursor=" in last["next"]
        assert "page=" not in last["next"]
        beyond = f"pageSize={size}&page=2"
        (fault,) = get(client, at(self.api, beyond), status=400).json()["invalidParams"]
        assert (fault["name"], fault["code"]) == ("page", "too_deep")
        assert fault["reason"] in html.unescape(read(client, at(self.page, beyond), status=400))
        if self.list_page.views[0] == "table":
            page = read(client, at(self.page, f"columns=key&pageSize={size}"))
            keys = row_heads(page)
            while following := re.search(r'<a href="([^"]+)" rel="next"', page):
                page = read(client, self.page + html.unescape(following[1]))
                keys += row_heads(page)
            assert keys == everything
            # What is changed behind a cursor begins anew: no link of the page carries it on, but to the API.
            links = [html.unescape(link) for link in re.findall(r'href="([^"]*cursor=[^"]*)"', page)]
            assert all("/api/v1/" in link for link in links), links
            assert 'id="page-first"' in page
            assert 'name="cursor"' not in page

    @pytest.mark.parametrize("value", ["٣", "1.5", "-1", "1e3", "9" * 30, "x"])
    def test_a_number_is_plain_digits(self, client, value):
        for name in ("page", "pageSize"):
            answer = get(client, at(self.api, urlencode({name: value})), status=400)
            assert [fault["name"] for fault in answer.json()["invalidParams"]] == [name]


def keys_of(records) -> list[str]:
    return [record.key for record in records]


class SortDeclaration(Kind):
    """The order by each column: what has no value last, and the key between equals."""

    @property
    def sortable(self) -> list:
        return [column for column in self.list_page.columns if column.sort]

    @pytest.fixture
    def varied(self):
        """Records that differ, are equal, and lack values, in whatever way this kind can."""
        chance, source = random.Random(12), SourceFactory()
        days = ("2019-05-05", "2020-01-01", "2020-01-01", "2021", "2021-06", "../2018-12-02", "2020-03~")
        records = []
        for number in range(13):
            values = self.filled if number % 3 else {}
            record = self.model.objects.create(
                key=f"test-varied-{chance.random():.8f}".replace(".", "-"),
                kind=chance.choice(self.model.Kind.values),
                title_nl=f"{WORD} {number // 2}",
                title_en=f"{WORD} {number // 3}" if number % 4 else "",
                classification="public",
                **self.made({**self.needed, **values}),
            )
            more = chance.choices(self.model.MilestoneKind.values, k=3)
            for place, kind in enumerate([self.milestone, *more]):
                state = chance.choice(["occurred", "expected"]) if place else "occurred"
                milestone(record, kind, chance.choice(days), source, key=f"m-{place}", state=state).save()
            records.append(record)
        actions.rewrite_spans(records)
        actions.rewrite_words(records)
        return records

    @pytest.mark.sql
    def test_sorts_by_value_then_by_key_and_what_has_none_last(self, varied):
        translation.activate("en")
        for column in self.sortable:
            question = self.ask(f"q={WORD}")
            value = column.sort(self.model, question.clock)
            rows = list(question.selection.order_by("key").annotate(value=value).values_list("value", "key"))
            assert len(rows) == len(varied)
            for down in (False, True):
                given = sorted((row for row in rows if row[0] is not None), key=lambda row: row[0], reverse=down)
                expected = [key for _value, key in [*given, *(row for row in rows if row[0] is None)]]
                sort = f"{'-' if down else ''}{column.key}"
                assert keys_of(self.ask(f"q={WORD}&sort={sort}").rows) == expected, sort

    @pytest.mark.slow
    def test_a_date_sorts_by_the_first_day_that_the_cell_can_mean(self, varied):
        for column in self.sortable:
            question = self.ask(f"q={WORD}")
            rows = question.selection.annotate(value=column.sort(self.model, question.clock))
            for record in rows.fetch(question.clock, None, also=["value"]):
                shown = column.value(record, question.clock)
                if isinstance(shown, EDTF):
                    assert record.value == shown.earliest, (column.key, shown)
                    assert shown.words(short=True) in column.html(record, question.clock, SourceMarks())


class SortContract(SortDeclaration):
    """Names stand as people sort them."""

    @pytest.mark.sql
    def test_names_stand_where_people_look_for_them(self, client):
        names = ["Ede", "Één nr. 9", "Een nr. 10", "Eind", "IJmuiden", "Ĳsselmeer", "Zürich", "Zwolle"]
        for language in ("nl", "en"):
            for name in random.Random(3).sample(names, len(names)):
                self.factory(**{"title_nl": "x", "title_en": "x", f"title_{language}": f"{WORD} {name}"})
            rows = get(client, at(self.api, f"q={WORD}&sort=title&lang={language}")).json()["results"]
            in_order = [row[f"title{language.title()}"].removeprefix(f"{WORD} ") for row in rows]
            assert [name for name in in_order if name != "x"] == names
            self.model.objects.filter(Q(title_nl__contains=WORD) | Q(title_en__contains=WORD)).delete()

    def test_a_short_name_stands_before_the_title_and_is_sorted_by(self, client):
        self.factory(title_nl=f"{WORD} Beta", title_en=f"{WORD} Beta")
        long = self.factory(title_en=f"Zzz {WORD} the title", short_name_en=f"{WORD} Alpha", short_name_nl="x")
        assert api_keys(client, self.api, f"q={WORD}&sort=title&lang=en")[0] == long.key
        for page in (read(client, at(self.page, f"q={WORD}")), read(client, long.get_absolute_url())):
            assert page.index(f"{WORD} Alpha") < page.index(f"Zzz {WORD} the title")

    def test_a_title_in_one_language_stands_where_it_is_shown(self, client):
        for title in ("Alpha", "Gamma"):
            self.factory(title_nl=f"{WORD} x", title_en=f"{WORD} {title}")
        lone = self.factory(title_nl=f"{WORD} Beta", title_en="")
        assert api_keys(client, self.api, f"q={WORD}&sort=title&lang=en")[1] == lone.key


class PagingContract(SortContract):
    """Reading on: everything exactly once, in every order."""

    @pytest.mark.sql
    @pytest.mark.slow
    def test_cursors_read_everything_once_in_every_order(self, varied):
        for column in self.sortable:
            for sign in ("", "-"):
                query = f"q={WORD}&pageSize=7&sort={sign}{column.key},kind"
                whole = keys_of(self.ask(query).rows)
                assert sorted(whole) == sorted(record.key for record in varied)
                assert self.read_on(f"{query}&cursor=") == whole, query

    def read_on(self, query: str) -> list[str]:
        """The keys of a question, part after part."""
        keys, params = [], QueryDict(query, mutable=True)
        while True:
            part = self.ask(params.urlencode()).page()
            keys += keys_of(part.rows)
            if part.next is None:
                return keys
            for name, value in part.next.items():
                params[name] = value

    def test_the_api_reads_everything_once(self, client, varied):
        whole = csv_keys(client, self.api, f"q={WORD}&sort=-stage,title")
        assert len(set(whole)) == len(varied)
        for way in ("page=1", "cursor="):
            assert api_keys(client, self.api, f"q={WORD}&sort=-stage,title&pageSize=5&{way}") == whole

    def test_the_page_reads_everything_once(self, client, varied):
        keys, address = [], f"?q={WORD}&pageSize=5&columns=key&sort=-kind"
        while address:
            page = read(client, self.page + address)
            keys += row_heads(page)
            found = re.search(r'<a href="([^"]+)" rel="next"', page)
            address = html.unescape(found[1]) if found else None
        assert keys == api_keys(client, self.api, f"q={WORD}&sort=-kind")
        assert len(set(keys)) == len(varied)

    def test_previous_leads_back(self, client, varied):
        third = get(client, at(self.api, f"q={WORD}&pageSize=5&page=3&fields=key")).json()
        second = get(client, third["previous"]).json()
        first = get(client, second["previous"]).json()
        assert (first["previous"], third["next"]) == (None, None)
        rows = [row["key"] for page in (first, second, third) for row in page["results"]]
        assert rows == api_keys(client, self.api, f"q={WORD}")

    def test_a_row_that_comes_in_between_is_not_read_twice(self, client, varied):
        query = f"q={WORD}&sort=key&pageSize=5&fields=key"
        first = get(client, at(self.api, f"{query}&cursor=")).json()
        self.factory(key="test-aaa", title_nl=f"{WORD} new")
        second = get(client, first["next"]).json()
        keys = [row["key"] for answer in (first, second) for row in answer["results"]]
        assert keys == sorted(record.key for record in varied)[:10]

    def test_a_page_that_is_not_there(self, client):
        for path in (self.page, self.api):
            get(client, at(path, "page=300"), status=404)

    def test_a_cursor_is_for_its_own_list_and_order(self, client, varied):
        query = f"q={WORD}&pageSize=5"
        address = get(client, at(self.api, f"{query}&sort=key&cursor=")).json()["next"]
        cursor = re.search(r"cursor=([^&]+)", address)[1]
        for wrong in (f"sort=-key&cursor={cursor}", f"sort=key&cursor={cursor[:-2]}xx", "sort=key&cursor=forged"):
            (fault,) = get(client, at(self.api, f"{query}&{wrong}"), status=400).json()["invalidParams"]
            assert fault["name"] == "cursor"
        (fault,) = get(client, at(self.api, f"{query}&page=2&cursor={cursor}"), status=400).json()["invalidParams"]
        assert fault["code"] == "exclusive"
