"""The data set in (`cooperation/register/actions/load.py`): no fact lost, every fault named, all or nothing."""

import copy
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest
import yaml
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cooperation.register import actions
from cooperation.register.actions import load as loading
from cooperation.register.actions.schema import KeyField, KeysField, schema_of
from cooperation.register.domain.clock import Clock
from cooperation.register.domain.edtf import EDTF
from cooperation.register.models import Instrument, Milestone, Source, StageSpan
from cooperation.register.search.query import Words
from placements.models import Placement

ROOT = Path(__file__).resolve().parent.parent.parent
DIRECTIVE, REPEALED = "richtlijn-informatie-uitwisseling", "zweeds-kaderbesluit-2006-960"
DIRECTOR, ALBANIA = "maocn-directeur-2021", "politie-lo-albanie-2021"
GONE = object()

# A small part of the real data set that leans on nothing outside itself: these records, and all that they name.
SMALL = (DIRECTIVE, DIRECTOR, ALBANIA, "bureau-dinxperlo-suderwick", "maoc-n-landen-2021", "plafond-missies-2008", "SI")


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


# --- files to load ---------------------------------------------------------------------------------------------------


class TextLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """YAML in which a date stays text."""


TextLoader.add_constructor("tag:yaml.org,2002:timestamp", TextLoader.construct_yaml_str)


def parsed(file: loading.DataFile) -> list[dict]:
    return yaml.load(file.path.read_text("utf-8"), Loader=TextLoader)


def strings(value):
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from strings(part)
    elif isinstance(value, str):
        yield from (value, value.partition(":")[2])


@pytest.fixture(scope="session")
def small_set():
    """The records of SMALL and all that they name, by file."""
    files = loading.data_files()
    records = {(file.name, record[file.key]): record for file in files for record in parsed(file)}
    places = {}
    for name, key in records:
        places.setdefault(key, []).append((name, key))
    found, ahead = set(), [place for key in SMALL for place in places[key]]
    while ahead:
        place = ahead.pop()
        if place not in found:
            found.add(place)
            ahead += [other for text in strings(records[place]) for other in places.get(text, [])]
    return {
        file.name: [records[place] for place in records if place in found and place[0] == file.name] for file in files
    }


def plain_records(file: loading.DataFile) -> Iterator[dict]:
    """The records of the database that belong in this file, as they would stand in it."""
    schema = schema_of(file.model)()
    for record in file.model._default_manager.prefetch_related(*schema.related(KeyField, KeysField)):
        yield without_defaults(schema.to_representation(record))


def without_defaults(value):
    """What the files leave out."""
    if isinstance(value, dict):
        values = {name: without_defaults(part) for name, part in value.items()}
        return {name: part for name, part in values.items() if part not in (None, "", [], False, "public", "general")}
    return [without_defaults(part) for part in value] if isinstance(value, list) else value


def dumped(records: list) -> str:
    return yaml.dump(records, sort_keys=False, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper))


class Files:
    """A folder with files of the data set, to change and to load."""

    def __init__(self, folder: Path, records: dict[str, list[dict]]):
        self.folder, self.records = folder, copy.deepcopy(records)
        for name in records:
            self.write(name)

    def __repr__(self):
        return "files"

    def write(self, name: str, text: str | bytes | None = None):
        text = dumped(self.records[name]) if text is None else text
        (self.folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())

    def record(self, name: str, key: str) -> dict:
        return next(record for record in self.records[name] if key in (record.get("key"), record.get("code")))

    def change(self, name: str, key: str, path: str, value):
        """Put a value where `path` leads: `milestones.0.date`, or `citations.+` for a new item of a list."""
        *way, last = path.split(".")
        where = self.record(name, key)
        for step in way:
            where = where[int(step)] if isinstance(where, list) else where.setdefault(step, [])
        if last == "+":
            where.append(value)
        elif value is GONE:
            del where[int(last) if isinstance(where, list) else last]
        else:
            where[int(last) if isinstance(where, list) else last] = value
        self.write(name)

    def load(self, **options) -> loading.Summary:
        return loading.load(self.folder, **options)

    def faults(self) -> list[str]:
        """What a load says is wrong. Nothing may be asked of the database then: these tests have none."""
        with pytest.raises(loading.LoadError) as error:
            self.load()
        return [str(fault) for fault in error.value.errors]


@pytest.fixture
def files(tmp_path, small_set) -> Files:
    return Files(tmp_path, small_set)


@pytest.fixture
def loaded(db, files) -> Files:
    """The small set, and a register that holds just that until the test is over."""
    with connection.cursor() as cursor:
        tables = ", ".join({model._meta.db_table for file in loading.data_files() for model in [file.model]})
        cursor.execute(f"TRUNCATE {tables}, register_instrument CASCADE")
    files.load()
    return files


def whole_register() -> dict:
    register = {file.name: list(plain_records(file)) for file in loading.data_files()}
    spans = StageSpan.objects.order_by("pk").values_list("instrument__key", "stage", "certain", "valid", "known")
    return {**register, "spans": [str(span) for span in spans]}


def stages(key: str) -> list[str]:
    return list(
        StageSpan.objects.filter(instrument__key=key).order_by("valid", "known").values_list("stage", flat=True)
    )


# --- the real set ----------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.django_db
def test_loading_again_writes_nothing():
    with CaptureQueriesContext(connection) as queries:
        summary = loading.load()
    assert (summary.added, summary.changed, summary.removed) == ([], [], [])
    assert summary.unchanged == sum(len(parsed(file)) for file in loading.data_files())
    writes = [query["sql"] for query in queries if query["sql"].lstrip().startswith(("INSERT", "UPDATE", "DELETE"))]
    assert writes == []


@pytest.mark.django_db
@pytest.mark.parametrize("file", loading.data_files(), ids=lambda file: file.path.stem)
def test_no_fact_is_lost(file):
    """What the register holds, written back, is what stands in the file."""
    published = {source.key: source.published for source in Source.objects.all()}
    expected = {record[file.key]: normal(file, without_defaults(record), published) for record in parsed(file)}
    held = {record[file.key]: normal(file, record, published) for record in plain_records(file)}
    assert held == expected


def normal(file: loading.DataFile, record: dict, published: dict[str, EDTF | None]) -> dict:
    """A record in one form, whichever side it came from: with what the files may leave out."""
    record = copy.deepcopy(record)
    for name in getattr(file.model, "DERIVED_KEYS", ()):  # the host of a placement: among the countries, as is checked
        record.pop(name, None)
    for milestone in [*record.get("milestones", []), *([record] if "label_nl" in record else [])]:
        sources = [milestone["source"], *milestone.get("also_sources", [])]
        days = [published[source].latest for source in sources if published[source] and published[source].latest]
        when = EDTF(str(milestone.get("date") or milestone.get("period")))
        milestone.setdefault("known_from", (min(days) if days else when.latest).isoformat())
    for owner in [record, *record.get("milestones", [])]:
        for name in ("themes", "also_sources"):
            owner[name] = sorted(owner.get(name, []))
    record["milestones"] = sorted(record.get("milestones", []), key=lambda milestone: milestone["key"])
    return record


# --- what changes ----------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_added_changed_and_removed_are_told_and_done(loaded):
    loaded.record("themes.yaml", loaded.records["themes.yaml"][0]["key"])["name_en"] = "Another name"
    loaded.records["themes.yaml"].append({"key": "new-theme", "name_nl": "Nieuw", "name_en": "New"})
    loaded.write("themes.yaml")
    loaded.change("placements.yaml", DIRECTOR, "posts", 2)
    loaded.records["placements.yaml"].remove(loaded.record("placements.yaml", ALBANIA))
    loaded.write("placements.yaml")
    before = whole_register()

    for dry_run in (True, False):
        summary = loaded.load(dry_run=dry_run)
        assert summary.added == [("themes.yaml", "new-theme")]
        assert summary.changed == [
            ("themes.yaml", loaded.records["themes.yaml"][0]["key"]),
            ("placements.yaml", DIRECTOR),
        ]
        assert summary.removed == [("placements.yaml", ALBANIA)]
        assert (whole_register() == before) is dry_run

    assert Placement.objects.get(key=DIRECTOR).posts == 2
    assert not Instrument.objects.filter(key=ALBANIA).exists()
    assert loaded.load().unchanged == sum(map(len, loaded.records.values()))


def test_the_command_says_what_it_would_do(loaded, capsys):
    loaded.change("placements.yaml", DIRECTOR, "posts", 2)
    call_command("load_data", folder=loaded.folder, dry_run=True)
    said = capsys.readouterr().out
    assert f"change: placements.yaml: {DIRECTOR}" in said
    assert "would be added 0, changed 1, removed 0" in said
    assert Placement.objects.get(key=DIRECTOR).posts != 2


def test_the_command_names_every_fault(files, capsys):
    files.change("placements.yaml", DIRECTOR, "posts", "two")
    files.change("themes.yaml", files.records["themes.yaml"][0]["key"], "name_nl", GONE)
    with pytest.raises(CommandError, match="2 errors"):
        call_command("load_data", folder=files.folder)
    said = capsys.readouterr().err.splitlines()
    assert said[0].startswith(f"placements.yaml: {DIRECTOR}: posts: ")
    assert said[1].startswith("themes.yaml: ")


@pytest.mark.slow
def test_the_end_of_a_record_goes_with_the_record_that_brought_it(loaded):
    own = [each for each in loaded.record(EU, REPEALED)["milestones"] if each["kind"] != "repealed"]
    loaded.change(EU, REPEALED, "milestones", own)
    loaded.load()
    assert "repealed" in stages(REPEALED)
    loaded.records["eu_proposals.yaml"].remove(loaded.record("eu_proposals.yaml", DIRECTIVE))
    loaded.write("eu_proposals.yaml")
    loaded.load()
    assert stages(REPEALED)
    assert "repealed" not in stages(REPEALED)
    assert actions.compare_spans() == []


def test_stages_follow_a_milestone_that_goes_and_one_that_comes(loaded):
    path, record = "placements.yaml", loaded.record("placements.yaml", ALBANIA)
    ended = {
        "key": "ended",
        "kind": "ended",
        "date": "2023-05",
        "state": "occurred",
        "source": record["milestones"][0]["source"],
    }
    loaded.change(path, ALBANIA, "milestones.+", ended)
    loaded.load()
    assert "ended" in stages(ALBANIA)
    loaded.change(path, ALBANIA, "milestones.-1", GONE)
    loaded.load()
    assert "ended" not in stages(ALBANIA)


@pytest.mark.slow
def test_a_source_with_another_day_changes_since_when_its_facts_are_known(loaded):
    record = loaded.record("placements.yaml", ALBANIA)
    milestone = next(milestone for milestone in record["milestones"] if "known_from" not in milestone)
    loaded.change("sources.yaml", milestone["source"], "published", "2021-01")
    loaded.load()
    known_from = Milestone.objects.get(instrument__key=ALBANIA, key=milestone["key"]).known_from
    assert known_from.isoformat() == "2021-01-31"
    assert actions.compare_spans() == []


def test_a_correction_is_known_from_its_day_and_what_it_corrects_before(loaded):
    started = {"kind": "started", "state": "occurred", "source": "brief-2021-12-02"}
    milestones = [
        {**started, "key": "started", "date": "2021-09-01", "known_from": "2021-10-01"},
        {**started, "key": "started-2", "date": "2021-11-01", "known_from": "2022-01-01", "replaces": "started"},
    ]
    loaded.change("placements.yaml", ALBANIA, "milestones", milestones)
    loaded.load()
    spans = StageSpan.objects.filter(instrument__key=ALBANIA, valid__contains=date(2021, 9, 15))
    assert [str(span.known.upper) for span in spans] == ["2022-01-01"]


def test_a_new_name_is_found_by_the_search_for_words(loaded):
    loaded.change("countries.yaml", "AL", "name_en", "Illyria")
    loaded.load()
    assert Instrument.objects.matching(Words("illyria"), Clock.on()).filter(key=ALBANIA).exists()


@pytest.mark.slow
def test_organisations_that_are_part_of_each_other_go_together(loaded):
    before = len(loaded.records["organisations.yaml"])
    for key, part_of in (("a-whole", None), ("b-part", "a-whole"), ("z-part", "b-part")):
        record = {"key": key, "kind": "ministry", "name_nl": key, "name_en": key}
        loaded.records["organisations.yaml"].append(record | ({"part_of": part_of} if part_of else {}))
    loaded.write("organisations.yaml")
    loaded.load()
    del loaded.records["organisations.yaml"][before:]
    loaded.write("organisations.yaml")
    assert len(loaded.load().removed) == 3


# --- faults ----------------------------------------------------------------------------------------------------------

SECRET, LONG = "Stg. Geheim: een tekst", "lang " * 2000
MILESTONE = {"key": "more", "kind": "observed", "date": "2022", "state": "occurred", "source": "brief-2021-12-02"}
EU, POSTS, FIGURES, COUNTRIES = "eu_proposals.yaml", "placements.yaml", "figures.yaml", "countries.yaml"
FIGURE = "maoc-n-landen-2021"

# What is done to a record, and the one fault that it brings: (path, value, field, part of the words), by file and key.
# `{m}` is the key of its first milestone, `{expected}` that of its first expected one, `{+}` the number of a new item.
FAULTS = {
    (POSTS, DIRECTOR): [
        ("colour", "red", "colour", "is not a field"),
        ("milestones.0.colour", "red", "milestones[{m}].colour", "is not a field"),
        ("title_nl", GONE, "title_nl", "required"),
        ("title_nl", "", "title_nl", "required"),
        ("milestones.0.source", GONE, "milestones[{m}].source", "required"),
        ("milestones.0.source", "", "milestones[{m}].source", "required"),
        ("milestones.0.source", "nothing", "milestones[{m}].source", "leads nowhere: nothing"),
        ("milestones.0.also_sources", ["x"], "milestones[{m}].also_sources[1]", "leads nowhere: x"),
        ("countries.+", {"country": "QQ", "role": "covered"}, "countries[{+}].country", "leads nowhere: QQ"),
        ("organisations.0.organisation", "x", "organisations[1].organisation", "leads nowhere: x"),
        ("themes", ["x"], "themes[1]", "leads nowhere: x"),
        ("relations.+", {"type": "part_of", "to": "x"}, "relations[{+}].to", "leads nowhere: x"),
        ("milestones.0.fulfils", "x", "milestones[{m}].fulfils", "leads nowhere: x"),
        ("milestones.0.replaces", "x", "milestones[{m}].replaces", "leads nowhere: x"),
        ("milestones.0.date", "2021-02-30", "milestones[{m}].date", "not a day of the calendar"),
        ("milestones.0.known_from", "2021-02-30", "milestones[{m}].known_from", "2021-02-30"),
        ("milestones.0.known_from", 2021, "milestones[{m}].known_from", "YYYY-MM-DD. (2021)"),
        ("milestones.0.date", "soon", "milestones[{m}].date", "is not a date like"),
        ("milestones.0.date", "2022/2021", "milestones[{m}].date", "ends before it starts"),
        (
            "countries.+",
            {"country": "AL", "role": "covered", "from": "2022", "until": "2021"},
            "countries[{+}].until",
            "ends before it starts",
        ),
        ("milestones.1.key", "{m}", "milestones[{m}].key", "has this key"),
        ("themes", ["drugs", "drugs"], "themes", "twice"),
        ("title_nl", LONG, "title_nl", "500"),
        ("notes", [{"nl": LONG}], "notes", "5000"),
        ("city", 12, "city", "should be text"),
        ("organisations.0.organisation", False, "organisations[1].organisation", "should be text"),
        ("posts", True, "posts", "valid integer"),
        ("posts", "two", "posts", "valid integer"),
        ("posts", 0, "posts", "1"),
        ("posts", 10**30, "posts", "32767"),
        ("themes", "drugs", "themes", "Expected a list"),
        ("organisations", "maoc-n", "organisations", "should be a list"),
        ("organisations", ["maoc-n"], "organisations[1].-", "should be a mapping"),
        ("notes", [{"fr": "Bonjour"}], "notes", "nl and en"),
        ("notes", "words", "notes", "should be a list"),
        ("kind", "ambassador", "kind", "is not one of: liaison_officer"),
        ("milestones.0.kind", "born", "milestones[{m}].kind", "is not one of: proposed"),
        ("milestones.0.state", "perhaps", "milestones[{m}].state", "perhaps"),
        ("organisations.0.role", "friend", "organisations[1].role", "friend"),
        ("milestones.0.key", "Not a Key", "milestones[Not a Key].key", "lower case words"),
        (
            "milestones.+",
            {**MILESTONE, "known_from": "1999-01-01", "replaces": "{m}"},
            "milestones[more].replaces",
            "was not known before",
        ),
        (
            "milestones.+",
            {**MILESTONE, "source": "undated"},
            "milestones[more].known_from",
            "none of the sources has a date",
        ),
        ("title_en", "a\x07b", "title_en", "control character"),
        ("summary_nl", "a\x00b", "summary_nl", "control character"),
        ("notes", [{"nl": "a\x00b"}], "notes", "control character"),
        ("title_nl", SECRET, "title_nl", "state secret"),
        ("notes", [{"nl": SECRET}], "notes", "state secret"),
        ("notes", [SECRET], "notes", "state secret"),
        ("milestones.0.note_en", SECRET, "milestones[{m}].note_en", "state secret"),
        ("milestones.0.reference", SECRET, "milestones[{m}].reference", "state secret"),
        ("citations.0.locator", SECRET, "citations[1].locator", "state secret"),
    ],
    (EU, DIRECTIVE): [
        ("disputes.0.claims.0.by", "x", "disputes[1].claims[1].by", "is not a field"),
        ("commitments.0.fulfilled_by_milestone", "x", "commitments[1].fulfilled_by_milestone", "leads nowhere: x"),
        ("disputes.0.claims.0.source", "x", "disputes[1].claims[1].source", "leads nowhere: x"),
        ("disputes.0.field", "milestones.x", "disputes[1].field", "leads nowhere: milestones.x"),
        ("relations.+", {"type": "repeals", "to": REPEALED}, "relations[{+}].type", "is there already"),
        ("title_is_official", "perhaps", "title_is_official", "valid boolean"),
        ("legal_basis", "87", "legal_basis", "Expected a list"),
        ("legal_basis", [87], "legal_basis[1]", "should be text"),
        ("relations.0.type", "likes", "relations[1].type", "likes"),
        (
            "milestones.+",
            {**MILESTONE, "kind": "proposed", "state": "expected", "fulfils": "{expected}"},
            "milestones[more].fulfils",
            "Only what occurred",
        ),
        (
            "milestones.+",
            {**MILESTONE, "kind": "other", "fulfils": "proposed"},
            "milestones[more].fulfils",
            "proposed is not expected",
        ),
        (
            "disputes.0.claims",
            [{"value": "x", "source": "brief-2021-12-02"}],
            "disputes[1].claims",
            "two claims or more",
        ),
        ("relations.+", {"type": "amends", "to": DIRECTIVE}, "relations[{+}].to", "no relation to itself"),
        ("relations.0.to_text", "an act", "relations[1].to", "points to a record or names"),
        ("relations.+", {"type": "amends", "to_text": ""}, "relations[{+}].to", "points to a record or names"),
        ("disputes.0.claims.0.value", SECRET, "disputes[1].claims[1].value", "state secret"),
        (
            "commitments.+",
            {"what_nl": "x", "made_in": "brief-2021-12-02", "outcome_date": "2022"},
            "commitments[{+}].outcome_date",
            "needs words",
        ),
        ("commitments.0.what_nl", SECRET, "commitments[1].what_nl", "state secret"),
        ("legal_basis", [SECRET], "legal_basis[1]", "state secret"),
    ],
    (FIGURES, FIGURE): [
        ("organisation", "maoc-n", "organisation", "is not a field"),
        ("subject", "instrument:x", "subject", "leads nowhere: x"),
        ("subject", "organisation:x", "subject", "leads nowhere: x"),
        ("subject", "theme:x", "subject", "should be instrument:<key>"),
        ("max", 9, "max", "a value or bounds"),
        ("period", "2019/2021", "date", "of a day or of a period"),
        ("label_nl", SECRET, "label_nl", "state secret"),
    ],
    (POSTS, ALBANIA): [
        ("milestones", [], "milestones", "is missing"),
        (
            "milestones.+",
            {**MILESTONE, "kind": "ended", "date": "1999"},
            "milestones[more].date",
            "ends before it starts",
        ),
        ("countries.+", {"country": "AL", "role": "host"}, "countries[{+}].country", "has this role already"),
        ("country", "NL", "country", "is not among the countries as host: NL"),
        ("countries.0.reason_nl", SECRET, "countries[1].reason_nl", "state secret"),
    ],
    (COUNTRIES, "SI"): [
        ("groups.0.until", "1999", "groups[1].until", "ends before it starts"),
    ],
    ("sources.yaml", "brief-2021-12-02"): [
        ("url", "nowhere", "url", "nowhere"),
        ("note", SECRET, "note", "state secret"),
    ],
    (FIGURES, "plafond-missies-2008"): [
        ("min", 10**6, "min", "lies above the upper"),
    ],
    ("organisations.yaml", "maoc-n"): [
        ("city", SECRET, "city", "state secret"),
    ],
}


CASES = [pytest.param(*place, *case, id=f"{case[2]}: {case[3]}") for place, cases in FAULTS.items() for case in cases]


@pytest.mark.parametrize(("name", "key", "path", "value", "field", "words"), CASES)
def test_a_fault_is_named_with_its_place_and_nothing_else_is_said(name, key, path, value, field, words, files):
    record = files.record(name, key)
    undated = {"key": "undated", "kind": "other", "title": "Undated", "publisher": "Tests", "reliability": "official"}
    files.records["sources.yaml"].append(undated)
    files.write("sources.yaml")
    milestones = record.get("milestones", [])
    meant = {
        "{m}": milestones[0]["key"] if milestones else "",
        "{expected}": next((each["key"] for each in milestones if each["state"] == "expected"), ""),
        "{+}": str(len(record.get(path.removesuffix(".+")) or ()) + 1) if path.endswith(".+") else "",
    }

    def fill(value):
        if isinstance(value, dict):
            return {name: fill(part) for name, part in value.items()}
        for blank in meant if isinstance(value, str) else ():
            value = value.replace(blank, meant[blank])
        return value

    files.change(name, key, path, fill(value))
    said = files.faults()
    assert len(said) == 1, said
    assert said[0].startswith(f"{name}: {key}: {fill(field)}: ")
    assert words in said[0]


def test_all_faults_come_at_once(files):
    cases = [
        (place, case) for place, cases in FAULTS.items() for case in cases if case[0] in ("colour", "url", "posts")
    ]
    places = {(*place, case[0]): case for place, case in cases}
    for (name, key, path), case in places.items():
        files.change(name, key, path, case[1])
    files.change(EU, DIRECTIVE, "relations.+", {"type": "amends", "to": DIRECTIVE})
    files.change(FIGURES, FIGURE, "label_nl", SECRET)
    files.change(POSTS, ALBANIA, "milestones.0.date", "2021-02-30")
    said = files.faults()
    assert [fault.split(": ")[0] for fault in said] == [EU, FIGURES, POSTS, POSTS, POSTS, "sources.yaml"]
    with pytest.raises(CommandError, match="6 errors"):
        call_command("load_data", folder=files.folder)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- key: a\n  name_nl: [open\n", "line 3"),
        ("- key: a\n  key: b\n", "“key” stands twice in one record in"),
        ("- key: a\n  notes: {nl: x, nl: y}\n", "line 2"),
        ("- ? [a, b]\n  : c\n", "unhashable key"),
        ("- key: !!bool maybe\n", "“maybe” is not a value"),
        ("- key: 0x_\n", "“0x_” is not a value"),
        ("- !!python/object:os.system x\n", "could not determine a constructor"),
        ("- " + "[" * 1200, "cannot be read"),
        ("- key: a\x07\n", "characters are not allowed"),
        ('- key: "half a character: \\ud83d"\n', "line 1"),
        (b"- key: \xff\xfe\n", "'utf-8' codec can't decode"),
        ("key: a\n", "should be a list of records"),
        ("", "should be a list of records"),
        ("just words", "should be a list of records"),
    ],
)
def test_a_file_that_cannot_be_read_is_the_only_fault(text, words, files):
    files.write("themes.yaml", text)
    said = files.faults()
    assert len(said) == 1, said
    assert said[0].startswith("themes.yaml: -: -: ")
    assert words in said[0]


def test_a_file_that_is_not_there(files):
    (files.folder / "figures.yaml").unlink()
    said = files.faults()
    assert len(said) == 1
    assert said[0].startswith("figures.yaml: -: -: cannot be read")


def test_a_record_that_is_no_mapping(files):
    files.records["themes.yaml"] += ["words", None, {"name_nl": "Zonder sleutel", "name_en": "Without a key"}]
    files.write("themes.yaml")
    count = len(files.records["themes.yaml"])
    assert [fault.split(": ")[:3] for fault in files.faults()] == [
        ["themes.yaml", f"#{count - 2}", "-"],
        ["themes.yaml", f"#{count - 1}", "-"],
        ["themes.yaml", f"#{count}", "key"],
    ]


def test_a_key_that_stands_twice_in_a_file(files):
    files.records["themes.yaml"].append(files.records["themes.yaml"][0])
    files.write("themes.yaml")
    assert [fault.split(": ", 2)[2] for fault in files.faults()] == ["key: stands twice in this file"]


def test_a_key_of_two_kinds(files):
    files.change(POSTS, ALBANIA, "key", DIRECTIVE)
    assert files.faults() == [f"placements.yaml: {DIRECTIVE}: key: is the key of another instrument too"]


@pytest.mark.slow
def test_what_only_the_database_refuses_is_named_as_well_and_undone(loaded):
    """Promises that no reader of files repeats: the words are those of the constraint."""
    before = whole_register()
    members = [each["code"] for each in loaded.records[COUNTRIES] if each.get("groups")][:2]
    for code in members:
        loaded.change(COUNTRIES, code, "groups.+", dict(loaded.record(COUNTRIES, code)["groups"][0]))
    loaded.change(COUNTRIES, "SI", "name_en", "Another name")
    for dry_run in (True, False):
        with pytest.raises(loading.LoadError) as error:
            loaded.load(dry_run=dry_run)
        assert [str(fault) for fault in error.value.errors] == [
            f"countries.yaml: {code}: -: The country is a member of this group already in that time."
            for code in members
        ]
        assert whole_register() == before


def test_a_record_that_is_needed_outside_the_files_stays(loaded):
    """What stands in no file may still lean on a record of one: that cannot go from under it."""
    source = Source.objects.create(key="by-hand", kind="other", title="By hand", reliability="official")
    elsewhere = Instrument.objects.create(key="elsewhere", resource="elsewhere", kind="x", title_nl="Elders")
    elsewhere.citations.create(source=source)
    with pytest.raises(loading.LoadError, match=r"^sources\.yaml: by-hand: -: Cannot delete .*Citation\.source"):
        loaded.load()
    assert Source.objects.filter(key="by-hand").exists()


# --- anything at all -------------------------------------------------------------------------------------------------

TEXTS = """|x|Stg. Geheim|2021-02-30|2021|../2021|2022/2021|9998-12-31|AL|general|milestones.proposed|maoc-n|host|ended
|brief-2021-12-02|network|ftp://example.org/a|replaces|expected|occurred"""
ODD_TEXTS = [*TEXTS.split("|"), DIRECTIVE, ALBANIA, "a\x00", "a\x85", "long " * 2000]
ODD_VALUES = [None, True, False, 0, 1, -1, 2021, 10**20, 1.5, float("nan"), [], {}, [[]], [None], [{}], {"a": 1}]
ODD = st.sampled_from(ODD_TEXTS) | st.sampled_from(ODD_VALUES)


@st.composite
def changes(draw):
    """How to disturb a record: where (numbers that choose on the way down), what is done there, and with what."""
    way = draw(st.lists(st.integers(0, 30), min_size=2, max_size=6))
    return way, draw(st.sampled_from(["put", "put", "delete", "double", "rename", "borrow"])), draw(ODD)


def disturb(records: list, way: list[int], what: str, odd, other: list) -> None:
    where = records
    for step in way[:-1]:
        inner = [
            part
            for part in (where.values() if isinstance(where, dict) else where)
            if isinstance(part, dict | list) and part
        ]
        if not inner:
            break
        where = inner[step % len(inner)]
    place = list(where)[way[-1] % len(where)] if isinstance(where, dict) else way[-1] % len(where)
    if what == "put":
        where[place] = odd
    elif what == "delete":
        del where[place]
    elif what == "double" and isinstance(where, list):
        where.append(copy.deepcopy(where[place]))
    elif what == "rename" and isinstance(where, dict):
        where[str(odd)] = where.pop(place)
    elif what == "borrow":
        where[place] = copy.deepcopy(other[way[0] % len(other)])


@pytest.mark.slow
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from([file.name for file in loading.data_files()] + [EU, POSTS] * 3),
    done=st.lists(changes(), min_size=1, max_size=3),
)
def test_disturbed_records_are_refused_or_taken_and_never_half(loaded, name, done):
    """Either every fault is named, or all of it can be written: nothing else comes out, and a trial changes nothing."""
    before = state_of(loaded)
    records = copy.deepcopy(loaded.records[name])
    for way, what, odd in done:
        if records:
            disturb(records, way, what, odd, loaded.records["organisations.yaml"])
    loaded.write(name, dumped(records))
    try:
        loaded.load(dry_run=True)
    except loading.LoadError:
        pass
    finally:
        loaded.write(name)
    assert state_of(loaded) == before


@pytest.mark.slow
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    place=st.integers(0, 10**5),
    length=st.integers(0, 12),
    text=st.text(max_size=4) | st.sampled_from(list(":-[]{}#&*!|>'\"%@?\t\n")),
)
def test_disturbed_text_is_refused_or_taken(loaded, place, length, text):
    whole = (loaded.folder / "organisations.yaml").read_text()
    place %= len(whole)
    loaded.write(
        "organisations.yaml", (whole[:place] + text + whole[place + length :]).encode("utf-8", "surrogatepass")
    )
    try:
        loaded.load(dry_run=True)
    except loading.LoadError:
        pass
    finally:
        loaded.write("organisations.yaml", whole)


def state_of(files: Files) -> tuple:
    """Enough to see that anything was written: PostgreSQL gives every version of a row a place of its own."""
    with connection.cursor() as cursor:
        tables = (
            "instrument",
            "milestone",
            "stagespan",
            "source",
            "organisation",
            "country",
            "theme",
            "figure",
            "relation",
        )
        parts = [f"(SELECT count(*) || coalesce(max(ctid)::text, '') FROM register_{table})" for table in tables]
        cursor.execute(f"SELECT {', '.join(parts)}")
        return cursor.fetchone()


# --- two at a time, and one that is killed ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def another_database(django_db_setup, django_db_blocker):
    """An empty register in a database of its own, to commit to: (how to connect, environment for `manage.py`)."""
    with django_db_blocker.unblock():
        name = f"{connection.settings_dict['NAME']}_loads"
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
            cursor.execute(f'CREATE DATABASE "{name}"')
        parameters = {**connection.get_connection_params(), "dbname": name}
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    environment = {**os.environ, "DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environment, check=True)
    yield parameters, environment
    with django_db_blocker.unblock(), connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def start_load(files: Files, environment: dict) -> subprocess.Popen:
    command = [sys.executable, "manage.py", "load_data", "--folder", str(files.folder)]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


@pytest.mark.slow
def test_a_load_that_is_killed_leaves_nothing_and_two_at_a_time_do_not_meet(another_database, files):
    parameters, environment = another_database
    names = ("dbname", "user", "host", "password", "passfile", "port")
    watcher = psycopg2.connect(**{name: value for name, value in parameters.items() if name in names})
    with watcher, watcher.cursor() as cursor:
        cursor.execute("LOCK TABLE register_stagespan IN ACCESS EXCLUSIVE MODE")  # the last step of a load waits here
        load = start_load(files, environment)
        for _ in range(300):
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'register_stagespan'::regclass"
            )
            if cursor.fetchone()[0]:
                break
            time.sleep(0.05)
        else:
            pytest.fail(f"the load did not come that far: {load.communicate()[0]}")
        load.send_signal(signal.SIGKILL)
        load.communicate()
        cursor.execute("SELECT count(*) FROM register_instrument")
        assert cursor.fetchone() == (0,)

    loads = [start_load(files, environment) for _ in range(2)]
    said = sorted(load.communicate(timeout=60)[0].splitlines()[-1] for load in loads)
    count = sum(map(len, files.records.values()))
    assert said == [
        f"added 0, changed 0, removed 0; unchanged {count}",
        f"added {count}, changed 0, removed 0; unchanged 0",
    ]
    with watcher, watcher.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM register_instrument")
        assert cursor.fetchone() == (len(files.records[EU]) + len(files.records[POSTS]),)
    watcher.close()
