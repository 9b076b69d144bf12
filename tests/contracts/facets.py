"""The form of a filter: the numbers behind its choices are those of the list, and each key can be asked from it."""

import re
from urllib.parse import urlencode

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cooperation.register.lists import facets as module
from cooperation.register.lists.facets import countable, facets
from cooperation.register.lists.fields import CountriesField, DayField, KeysField, MomentField
from cooperation.register.lists.query import ListQuery

from .agreement import AgreementContract
from .kind import LETTER_DAY
from .outlets import at, get, read, row_heads

FROM_A_FIELD = {"HX-Request": "true", "HX-Trigger": "field-stage", "accept-language": "en"}
FROM_A_GROUP = {"HX-Request": "true", "HX-Trigger": "group-theme", "accept-language": "en"}
FROM_A_CHIP = {"HX-Request": "true", "accept-language": "en"}


class FacetsContract(AgreementContract):
    """Random questions to the real data set, on both clocks."""

    # Keys with choices behind which no number can stand, or of which the form shows none unasked.
    uncounted = frozenset({"country", "countryRole", "countryWithout", "organisationRole", "succeeded"})

    def question(self, query: str) -> ListQuery:
        found = self.list_page.ask(QueryDict(query), AnonymousUser(), has_form=True)
        assert not found.faults, query
        return found

    def test_every_key_with_choices_is_counted(self):
        filters = self.list_page.filterset_class.base_filters
        with_choices = {name for name, one in filters.items() if "choices" in one.extra}
        expected = {name for name in with_choices if not name.endswith("Not")} - self.uncounted
        assert set(facets(self.question(""))) == expected

    @pytest.mark.slow
    @pytest.mark.sql
    def test_the_number_behind_a_choice_is_that_of_the_list(self):
        @settings(max_examples=self.examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(query=self.questions(), chance=st.randoms(use_true_random=False))
        def agree(query, chance):
            question = self.question(query)
            found = facets(question)
            assert set(found) == set(countable(question))
            for key, counts in found.items():
                choices = [value for value, _label in question.filterset.form.fields[key].choices if value]
                if key == "country":  # of which the form shows those that are chosen
                    choices = question.filterset.given[key]
                assert set(counts) - {"unknown"} <= set(choices), key
                some = chance.sample(choices, min(3, len(choices)))
                for value in {*some, *(choice for choice in choices[:12] if choice in counts)}:
                    params = question.params.copy()
                    params.pop(f"{key}Not", None)
                    params[key] = value
                    assert counts.get(value, 0) == self.question(params.urlencode()).selection.count(), (
                        query,
                        key,
                        value,
                    )

        agree()

    def test_what_is_too_much_is_not_counted_at_all(self, monkeypatch):
        monkeypatch.setattr(module, "MOST_COUNTED", 1)
        assert set(facets(self.question("")).values()) == {None}

    def test_one_statement_whatever_is_asked(self):
        much = f"kindNot={self.model.Kind.values[0]}&theme=drugs&organisation=politie&countryRole=host"
        for query in ("", f"country=AL,NL&{much}"):
            question = self.question(query)
            facets(question)  # what Django writes once is written
            with CaptureQueriesContext(connection) as queries:
                facets(question)
            assert sum(one["sql"].startswith("WITH") for one in queries) == 1
            assert len(queries) == 1

    def test_numbers_are_drawn_beside_their_choice_and_said_to_be_results(self, client):
        page = read(client, at(self.page, LETTER_DAY))
        field = page.partition('id="field-kind"')[2].partition("</fieldset>")[0]
        counts = facets(self.question(LETTER_DAY))["kind"]
        with override("en"):
            labels = [(kind, str(label)) for kind, label in self.model.Kind.choices]
        for kind, label in labels:
            if counts.get(kind) or "kind" in self.list_page.open_fields:
                assert f'value="{kind}">{label} <small>{counts.get(kind, 0)}</small>' in field
            else:
                assert f'value="{kind}"' not in field
        assert "the number behind a choice is that of its results" in page

    def test_a_folded_group_holds_only_what_has_records_or_is_chosen(self, client):
        asked = f"themeNot=drugs&{LETTER_DAY}"
        page = read(client, at(self.page, f"{asked}&filters=theme"))
        assert _choices(page, "theme") == set(facets(self.question(asked))["theme"])
        assert 'value="drugs" checked' in page.partition('id="field-themeNot"')[2].partition("</fieldset>")[0]
        nothing = read(client, at(self.page, "q=zzqqxxnothingatall&filters=theme"))
        assert 'id="field-theme" hidden' in nothing
        assert 'name="theme"' not in nothing
        assert 'value="drugs" checked' in read(client, at(self.page, "q=zzqqxxnothingatall&theme=drugs"))

    def test_the_fields_of_a_folded_group_come_when_it_is_opened(self, client):
        """With htmx in their place; without it by a button of the form, and no link carries that along."""
        page = read(client, at(self.page, LETTER_DAY))
        assert 'id="field-theme"' not in page
        assert '<button type="submit" class="button" name="filters" value="theme">' in page
        opened = read(client, at(self.page, f"{LETTER_DAY}&filters=theme"))
        assert re.search(
            r'<details class="filter__more" open><summary>Theme</summary>\s*<div id="group-theme">', opened
        )
        part = client.get(at(self.page, LETTER_DAY), headers=FROM_A_GROUP)
        fields = part.content.decode()
        assert _choices(fields, "theme") == _choices(opened, "theme") == set(facets(self.question(LETTER_DAY))["theme"])
        assert "<details" not in fields
        assert "HX-Push-Url" not in part
        assert part["Cache-Control"] == "no-store"
        assert not [one for one in re.findall(r'href="([^"]+)"', opened) if "filters=theme" in one]

    def test_the_numbers_of_an_opened_group_follow_a_change(self, client):
        part = client.get(at(self.page, f"{LETTER_DAY}&filters=theme"), headers=FROM_A_FIELD)
        assert _is_swapped(part.content.decode(), "field-theme")
        assert "filters" not in part["HX-Push-Url"]

    def test_a_group_that_is_no_longer_used_keeps_its_numbers_right(self, client):
        """Its fields are on the page, as it was used when that was drawn."""
        page = read(client, at(self.page, f"theme=drugs&{LETTER_DAY}"))
        assert '<input type="hidden" name="filters" value="theme">' in page
        part = client.get(at(self.page, f"filters=theme&{LETTER_DAY}"), headers=FROM_A_FIELD)
        assert _is_swapped(part.content.decode(), "field-theme")

    def test_only_a_page_has_groups_to_open(self, client):
        get(client, at(self.page, "filters=nonesuch"), status=400)
        get(client, at(self.api, "filters=theme"), status=400)


class FormDeclaration(AgreementContract):
    """Every key can be asked from the form, and shows as a chip."""

    @pytest.mark.slow
    def test_every_key_can_be_set_in_the_form_and_taken_off(self, client):
        """All of them on one page. The clock has a form of its own."""
        fields = self.list_page.filterset_class().form.fields
        asked = {name: _a_value(field) for name, field in fields.items() if name not in ("validOn", "knownOn")}
        response = get(client, at(self.page, urlencode(asked)))
        page = response.content.decode()
        form = page.partition('id="filter-form"')[2].partition("</form>")[0]
        boxes = ('type="checkbox"', 'type="radio"')
        inputs = re.findall(r"<input [^>]*>", form)
        drawn = [one for one in inputs if " checked" in one or not any(box in one for box in boxes)]
        for name, value in asked.items():
            assert any(f'name="{name}"' in one and f'value="{value}"' in one for one in drawn), name
        taken_off = []
        for chip in response.context["chips"]:
            taken_off += set(asked) - set(QueryDict(chip["remove_url"].removeprefix("?")))
            assert chip["label"] in page
        assert sorted(taken_off) == sorted(asked)


class FormContract(FormDeclaration):
    """What follows with htmx is what comes without it."""

    def test_htmx_gets_the_rows_of_the_page_without_its_frame(self, client):
        for query in (LETTER_DAY, f"kind={self.model.Kind.values[0]}&sort=-title&{LETTER_DAY}", "q=zzzz"):
            path = at(self.page, query)
            page = get(client, path)
            for headers in (FROM_A_FIELD, FROM_A_CHIP):
                part = client.get(path, headers=headers)
                assert "<html" not in part.content.decode()
                assert row_heads(part.content.decode()) == row_heads(page.content.decode())
                assert part.context["sentence"] == page.context["sentence"]
                assert part["Cache-Control"] == "no-store"
                assert "HX-Request" in part["Vary"]
                assert part["HX-Push-Url"] == path
            assert "HX-Request" in page["Vary"]

    def test_going_back_gets_the_whole_page(self, client):
        headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
        assert "<html" in client.get(self.page, headers=headers).content.decode()

    def test_the_address_has_no_empty_keys_and_is_not_pushed_twice(self, client):
        path = at(self.page, "q=&kind=&sort=-title")
        assert client.get(path, headers=FROM_A_FIELD)["HX-Push-Url"] == at(self.page, "sort=-title")
        shown = {"HX-Current-URL": f"http://testserver{self.page}?sort=-title"}
        assert client.get(path, headers=FROM_A_FIELD | shown)["HX-Push-Url"] == "false"

    def test_a_fault_reaches_htmx_beside_its_field(self, client):
        part = client.get(at(self.page, "startfrom=1&certain=perhaps"), headers=FROM_A_FIELD)
        assert part.status_code == 400
        text = part.content.decode()
        assert 'id="id_certain_error"' in text
        assert 'id="faults" hx-swap-oob="true"' in text

    def test_only_what_was_not_used_is_replaced(self, client):
        from_field = client.get(self.page, headers=FROM_A_FIELD).content.decode()
        assert 'id="field-kind" hx-get' in from_field
        assert _is_swapped(from_field, "field-kind")
        assert not _is_swapped(from_field, "field-stage")
        assert not _is_swapped(from_field, "field-q")
        assert not _is_swapped(from_field, "filter-form")
        from_chip = client.get(self.page, headers=FROM_A_CHIP).content.decode()
        assert _is_swapped(from_chip, "filter-form")
        assert not _is_swapped(from_chip, "field-kind")


def _a_value(field: forms.Field) -> str:
    if isinstance(field, DayField | MomentField):
        return "2021-12-02"
    if isinstance(field, CountriesField):
        return "AL"
    if isinstance(field, KeysField):
        return field.queryset.values_list("key", flat=True)[0]
    return next((str(value) for value, _label in getattr(field, "choices", ()) if value), "police")


def _choices(text: str, name: str) -> set[str]:
    if f'id="field-{name}" hidden' in text:
        return set()
    return set(re.findall(r'value="([^"]+)"', text.partition(f'id="field-{name}"')[2].partition("</fieldset>")[0]))


def _is_swapped(text: str, name: str) -> bool:
    """Whether htmx puts this element in the place of the one of that name."""
    return "hx-swap-oob" in text.partition(f'id="{name}"')[2].partition(">")[0]
