"""Every fact of the data files is in the API and on a page: the files are walked, and each value is looked for."""

import html
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import yaml
from django.urls import reverse
from django.utils import translation
from django.utils.formats import number_format

from cooperation.register.actions.load import data_files
from cooperation.register.api.serializers import camel
from cooperation.register.display.texts import translated
from cooperation.register.domain.edtf import EDTF
from cooperation.register.models import Instrument, Theme
from tests.contracts.agreement import every_row

pytestmark = pytest.mark.django_db

# What a key of the files is called in the API, where that differs: `docs/data.md` has the reasons.
RENAMED = {"group": "track"}
# Keys of the files that only say how a record is written down there.
NOT_A_FACT = {"subject", "shown"}
# Texts that stand in the files in both languages.
TEXTS = ("title", "summary", "outcome", "note", "reason", "what", "label", "name", "short_name", "heading")
# Texts that stand in one: on a page in the reader's language, as far as they are known in it.
PLAIN = ("locator", "reference", "to_text", "place", "city", "body", "article", "chapter", "implements_article")


def records(name: str) -> list[dict]:
    file = next(file for file in data_files() if file.name == name)
    return yaml.load(file.path.read_text("utf-8"), yaml.BaseLoader)


INSTRUMENTS = [
    file.name for file in data_files() if issubclass(file.model, Instrument) if file.name != "lighthouses.yaml"
]


def leaves(part: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(part, dict):
        for inner, value in part.items():
            yield from leaves(value, inner)
    elif isinstance(part, list):
        for value in part:
            yield from leaves(value, name)
    else:
        yield name, part


def said_by_api(part: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(part, dict) and "edtf" in part:
        yield name, part["edtf"]
    elif isinstance(part, dict):
        for inner, value in part.items():
            yield from said_by_api(value, inner)
    elif isinstance(part, list):
        for value in part:
            yield from said_by_api(value, name)
    elif part is not None:
        yield name, str(part).lower() if isinstance(part, bool) else str(part)


def over(role: dict) -> bool:
    """Whether a role has ended: then it shows on a past clock and no longer today."""
    return "until" in role and EDTF(role["until"]).last < date.today()


def holding_today(record: dict) -> dict:
    parts = [name for name in ("countries", "organisations") if name in record]
    roles = {name: [role for role in record[name] if not over(role)] for name in parts}
    return {**record, **roles}


@pytest.mark.parametrize("name", [*INSTRUMENTS, "sources.yaml", "organisations.yaml", "figures.yaml", "themes.yaml"])
def test_every_value_is_in_the_api(client, name):
    missing, written = [], records(name)
    of_instrument = Instrument.objects.filter(key=written[0]["key"]).first()
    resource = of_instrument.resource if of_instrument else name.split(".")[0]
    answers = {answer["key"]: answer for answer in every_row(client, reverse(f"api:{resource}-list"))}
    for record in written:
        said = set(said_by_api(answers[record["key"]]))
        address = {"url": "address"} if name == "sources.yaml" else {}
        for key, value in leaves(holding_today(record)):
            renamed = {**RENAMED, **address}.get(key, key)
            if key not in NOT_A_FACT and not {(camel(renamed), value), (key, value), ("groups", value)} & said:
                missing.append((record["key"], key, value))
    assert missing == []


def page_of(client, path: str, language: str) -> str:
    return client.get(f"{path}?lang={language}").content.decode().split("<main", 1)[1]


def words_of(page: str) -> str:
    text = html.unescape(re.sub(r"<[^>]*>", " ", page))
    return _plain(text)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def facts_for_people(part: Any, language: str) -> Iterator[tuple[str, ...]]:
    """The texts and days of a record, each in the ways in which it may stand on its page."""
    if isinstance(part, list):
        for value in part:
            yield from facts_for_people(value, language)
    if not isinstance(part, dict):
        return
    for key, value in part.items():
        if isinstance(value, list | dict):
            yield from facts_for_people(value, language)
        elif key in (language, *(f"{text}_{language}" for text in TEXTS)):
            yield (value,)
        elif key in PLAIN:
            yield (translated(value),)
        elif key in ("date", "due", "outcome_date", "founded", "published", "value"):
            try:
                yield EDTF(value).words(), EDTF(value).words(short=True)
            except ValueError:
                yield (translated(value),)


def not_shown(facts, page: str) -> list[str]:
    words = words_of(page)
    return [ways[0] for ways in facts if not any(_plain(way) in words for way in ways)]


def links_of(record: dict) -> Iterator[str]:
    """The addresses of the records that this one names."""
    for key, value in leaves(record):
        if key in ("source", "also_sources", "made_in", "fulfilled_by", "follows"):
            yield reverse("source", args=[value])
        elif key in ("country", "organisation"):
            yield reverse(key, args=[value])
        elif key in ("to", "treaty", "predecessor", "implementing_agreement", "under_treaty"):
            yield Instrument.objects.get(key=value).get_absolute_url()


@pytest.mark.parametrize("language", ["nl", pytest.param("en", marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", INSTRUMENTS)
def test_every_text_day_and_link_is_on_the_page_of_its_record(client, name, language):
    missing = []
    themes = dict(Theme.objects.values_list("key", f"name_{language}"))
    for record in map(holding_today, records(name)):
        page = page_of(client, Instrument.objects.get(key=record["key"]).get_absolute_url(), language)
        with translation.override(language):
            facts = [*facts_for_people(record, language), *((themes[key],) for key in record.get("themes", []))]
            missing += [(record["key"], fact) for fact in not_shown(facts, page)]
            missing += [(record["key"], link) for link in links_of(record) if f'href="{link}' not in page]
    assert missing == []


@pytest.mark.slow
@pytest.mark.parametrize(("name", "view"), [("organisations.yaml", "organisation"), ("sources.yaml", "source")])
def test_every_text_and_day_of_what_records_name_is_on_its_page(client, name, view):
    """Of every third: one template draws them all, and their values in the API are tried one by one."""
    missing = []
    for record in records(name)[::3]:
        page = page_of(client, reverse(view, args=[record["key"]]), "nl")
        with translation.override("nl"):
            facts = [*facts_for_people(record, "nl")]
            facts += [(translated(record[key]),) for key in ("title", "publisher", "note") if key in record]
            missing += [(record["key"], fact) for fact in not_shown(facts, page)]
    assert missing == []


@pytest.mark.slow
@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_figure_is_on_the_page_of_its_source_and_of_its_subject(client, language):
    missing = []
    for figure in records("figures.yaml"):
        kind, _colon, key = figure["subject"].partition(":")
        paths = [reverse("source", args=[figure["source"]])]
        if kind == "organisation":
            paths.append(reverse("organisation", args=[key]))
        if kind == "instrument":
            paths.append(Instrument.objects.get(key=key).get_absolute_url())
        with translation.override(language):
            facts = [(figure[f"label_{language}"],)]
            facts += [
                (number_format(int(figure[name]), force_grouping=True),)
                for name in ("value", "min", "max")
                if name in figure
            ]
        for path in paths:
            missing += [(figure["key"], path, fact) for fact in not_shown(facts, page_of(client, path, language))]
    assert missing == []
