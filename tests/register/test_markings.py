"""Markings of classified information: refused in every text, however they are written; ordinary words are not."""

import re

import pytest
import yaml
from django.contrib.auth.models import User
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.test import Client
from django.urls import reverse
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from rest_framework import serializers

from cooperation.register.actions.load import data_files
from cooperation.register.actions.schema import DateField, RecordSerializer, SubjectField, schema_of
from cooperation.register.actions.schema import KeyField as Reference
from cooperation.register.domain.markings import (
    FUNCTION_BODY,
    GRADES,
    LEET,
    LOOK_ALIKES,
    MARKINGS,
    OWNERS,
    ROWS,
    marking_in,
    refuse_marking,
)
from cooperation.register.models import SavedView
from cooperation.register.models.fields import EDTFField, KeyField
from tests.contracts.outlets import text_of
from tests.register.test_small_inputs import WRITTEN

REFUSED = [
    # the Netherlands
    "Stg. Geheim",
    "stg. confidentieel",
    "STG. ZEER GEHEIM",
    "Stg.Geheim",
    "Stg . Geheim",
    "stg geheim",
    "Stg-Geheim",
    "Stg/Geheim",
    "Stg_Geheim",
    "STGGEHEIM",
    "S.T.G. Geheim",
    "S T G   G E H E I M",
    "S-t-g-G-e-h-e-i-m",
    "Stg. C",
    "Stg.ZG",
    "Stg\nZeer Geheim",
    "een nota (Stg. Confidentieel) van 2020",
    "Stg.",
    "Staatsgeheim",
    "STAATS-GEHEIM",
    "Zeer Geheim",
    "zeer-geheim",
    "Ｓｔｇ．　Ｇｅｈｅｉｍ",
    "𝐒𝐭𝐠. 𝐆𝐞𝐡𝐞𝐢𝐦",
    "Stg. Ge\N{SOFT HYPHEN}heim",
    "S\N{ZERO WIDTH SPACE}t\N{ZERO WIDTH JOINER}g. Geheim",
    "Stg. Gehe\N{COMBINING ACUTE ACCENT}im",
    "Stg. G\N{CYRILLIC SMALL LETTER IE}h\N{CYRILLIC SMALL LETTER IE}im",
    "\N{CYRILLIC CAPITAL LETTER DZE}tg. Geheim",
    "Stg. Gehe\N{GREEK SMALL LETTER IOTA}m",
    "Stg. GEHElM",
    "Stg\N{NO-BREAK SPACE}\N{EN DASH} Geheim",
    "\N{RIGHT-TO-LEFT OVERRIDE}Stg. Geheim",
    # the EU
    "RESTREINT UE/EU RESTRICTED",
    "EU RESTRICTED",
    "CONFIDENTIEL UE",
    "EU CONFIDENTIAL",
    "EU-CONFIDENTIAL",
    "EU CONFIDENTIEEL",
    "SECRET UE/EU SECRET",
    "eu secret",
    "TRÈS SECRET UE/EU TOP SECRET",
    "R-UE/EU-R",
    "TS-UE/EU-TS",
    # NATO
    "NATO RESTRICTED",
    "NATO CONFIDENTIAL",
    "NATO SECRET",
    "N.A.T.O. secret",
    "NАTО SЕCRЕT",
    "NAT0 SECRET",
    "NAVO GEHEIM",
    "SECRET OTAN",
    "DIFFUSION RESTREINTE OTAN",
    "COSMIC TOP SECRET",
    "ATOMAL",
    # the Benelux, its countries and neighbours
    "BENELUX CONFIDENTIEEL",
    "Benelux geheim",
    "SECRET LUX",
    "GEHEIM (Wet 11.12.1998)",
    "TRÈS SECRET (Loi 11.12.1998)",
    "VS-NfD",
    "VS-NUR FÜR DEN DIENSTGEBRAUCH",
    "Streng geheim",
    "Secret Défense",
    "TOP SECRET//NOFORN",
    "VERSCHLUSSSACHE",
    "Verschlußsache",
    "VS-VERTRAULICH",
    "VS-GEHEIM",
    "UK SECRET",
    "UK TOP SECRET",
    # agencies
    "EUROPOL SECRET",
    "Europol Restricted",
    # a grade before its owner, in two languages, behind a stop, by itself
    "SECRET NATO",
    "Geheim EU",
    "Nota: Geheim EU",
    "TRÈS SECRET UE",
    "FOCAL TOP SECRET",
    "BENELUX SECRET/GEHEIM",
    "EU. SECRET",
    "EU. Secret",
    "GEHEIM",
    "G.E.H.E.I.M",
    "GEHEIM / SECRET",
    "NATO | SECRET",
    "GEHE|M EU",
    "Nota van de EU (geheim)",
    # on a line of its own
    "GEHEIM\n\nDe besprekingen met de buurlanden gaan voort.",
    "Aan de minister\r\n  - SECRET -\r\nBetreft: grenscontroles",
    "Notitie\N{LINE SEPARATOR}GEHEIM / SECRET",
    # over the ends of lines, between dots and spaces
    "S T G . G E H E I M",
    "EU\nSECRET",
    "GE-\nHEIM EU",
    "Stg\N{KATAKANA MIDDLE DOT}Geheim",
    "Stg\N{OGHAM SPACE MARK}Geheim",
    # digits and signs for letters, letters in squares, in circles, of flags
    "G3H31M stg",
    "5TG. 6EHE!M",
    "$TG. GEHEIM",
    "N@TO SECRET",
    "NATO@SECRET",
    "🆂🆃🅶 GEHEIM",
    "🅢🅣🅖 Geheim",
    "🇸🇹🇬 GEHEIM",
    # small letters that stand by themselves, and capitals in a sentence
    "EU restricted",
    "Nota (NATO secret)",
    "Nota (zeer geheim) van 2020",
    "nato-secret-plan",
    "the document was classified EU SECRET",
]
ORDINARY = [
    "",
    "Departementaal Vertrouwelijk",
    "Dep. V.",
    "afstg.",
    "Postgeheim",
    "stg",
    "stg een",
    "stgeheim",
    "Het geheim van de smid",
    "briefgeheim en ambtsgeheim",
    "bij geheime stemming gekozen",
    "elected by secret ballot",
    "wet over het lekken van staatsgeheimen",
    "een zeer geheime bespreking",
    "een zeer geheimzinnige zaak",
    "de secretaris-generaal van de NAVO",
    "NATO Secretary General",
    "EU Secretariat",
    "the EU and its confidential partners",
    "Benelux Secretariaat-Generaal",
    "kept confidential until parliament insisted",
    "restricted to members of the EU",
    "the secretary of state",
    "UE secretaría",
    "EU-R&D",
    "St. G. Albrecht",
    "de Benelux vertrouwt op geheimhouding",
    "vertrouwelijkheid van gegevens (art. 12)",
    "state of the top secretariat",
    # the words of a marking beside each other in a sentence
    "Dat houdt de EU geheim.",
    "De Raad (van de EU) geheim of openbaar",
    "de EU, geheim of niet, besluit",
    "Wat de NAVO geheim houdt, houdt de Benelux geheim.",
    "Dat is het standpunt van de EU. Geheim is dat niet.",
    "Zo besloot de EU. Geheim.",
    "the right of the EU. Secret ballots are held",
    "EU restricted the import of seal products",
    "NATO restricted access to the airspace",
    "goods whose import the EU restricted",
    "EU-restricted goods",
    "De NAVO: geheim is geheim.",
    "restricted, EU-wide",
    "confidential (EU) files",
    "Europol confidential informants",
    "a secret EU plan",
    "Geheim NAVO-plan uitgelekt",
    "Confidential EU report",
    "The vote is secret. EU ministers agree.",
    "It remains secret (EU).",
    "in de VS geheim gehouden",
    "openbaar vs. geheim",
    "UK Secret Intelligence Service",
    "EU Restricted Party List",
    "the EU Restricted Parties List of 2014",
    "UK Restricted Areas",
    "Europol Confidential Informants",
    "EU Secret Ballot Rules",
    "De stemming is GEHEIM\nen schriftelijk",
    "Geheim\nDe stemming",
    "wegens schending van een staatsgeheim veroordeeld",
    "an EU secret document",
    "a top secret plan",
    "een zeer geheim overleg",
    "told us secret things",
    "Geheim",
]
SECRET = {"en": "state secret", "nl": "staatsgeheim"}


@pytest.mark.parametrize("text", REFUSED)
def test_a_marking_is_refused(text):
    with pytest.raises(ValidationError) as error:
        refuse_marking(text)
    assert error.value.code == "marking"


def test_the_marking_is_named_and_not_the_words_beside_it():
    assert marking_in("Dit blijft confidentieel.\nGEHEIM\nTot zover.") == "GEHEIM"


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_words_are_not(text):
    assert marking_in(text) == ""


@pytest.mark.slow
def test_nothing_in_the_data_set_bears_one():
    texts = [text for file in data_files() for text in _texts(yaml.safe_load(file.path.read_text(encoding="utf-8")))]
    assert len(texts) > 5000
    assert [text for text in texts if marking_in(text)] == []


def _texts(value) -> list[str]:
    values = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [value] if isinstance(value, str) else [text for inner in values for text in _texts(inner)]


INVISIBLE = st.sampled_from(["", "\u00ad", "\u200b", "\u200d", "\u2060", "\u202e", "\ufeff", "\u0301", "\ufe0f"])
SEPARATOR = st.sampled_from([" ", "  ", "-", ".", ". ", "/", "_", "\t", "\n", "\u00a0", "\u2013", "\u3000", "\u2800"])


WITH_OWNER = [
    f"{one} {other}" for owner in OWNERS for grade in GRADES for one, other in ((owner, grade), (grade, owner))
]


@st.composite
def disguised(draw) -> str:
    """A marking with letters that look like its own, letters that nobody sees, and other separators."""
    written = ""
    for letter in draw(st.sampled_from((*MARKINGS, *WITH_OWNER))):
        alike = LOOK_ALIKES.get("i" if letter == "l" else letter, "")
        of_rows = [chr(row + ord(letter) - ord("a")) for row in ROWS] if letter.isalpha() else []
        full_width = [chr(ord(letter) + 0xFEE0)] if letter.isalnum() else []
        letters = (letter, letter.upper(), *alike, *full_width, *of_rows)
        written += draw(SEPARATOR if letter == " " else st.sampled_from(letters)) + draw(INVISIBLE)
    return draw(st.sampled_from(["", "Nota: ", "("])) + written + draw(st.sampled_from(["", ")", " van 2020"]))


@given(disguised())
def test_no_disguise_gets_one_in(text):
    assert marking_in(text)


def test_digits_for_letters_are_no_disguise():
    of_words = [one for one in (*MARKINGS, *WITH_OWNER) if len(min(one.split(), key=len)) > 1]
    leet = ["".join(LEET.get(letter, letter)[0] for letter in marking) for marking in of_words]
    assert [text for text in leet if not marking_in(text)] == []


@given(st.text(max_size=60))
def test_any_text_is_answered(text):
    marking_in(text)


@pytest.mark.django_db
@pytest.mark.sql
def test_the_database_says_the_same():
    markings = {*REFUSED, *MARKINGS, *WITH_OWNER}
    spaced = {separator.join(marking.upper()) for marking in markings for separator in (" ", ". ", "\n")}
    texts = [*markings, *spaced, *ORDINARY]
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM unnest(%s::text[]) AS text WHERE register_bears_marking(text)", [texts])
        assert {text for (text,) in cursor.fetchall()} == {text for text in texts if marking_in(text)} >= markings


@pytest.mark.django_db
@pytest.mark.sql
def test_the_rule_of_the_database_is_that_of_the_code():
    """Otherwise a migration is missing that makes the function again from `FUNCTION_BODY`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'register_bears_marking'")
        assert cursor.fetchall() == [(FUNCTION_BODY,)]


# --- every text, on every way in -------------------------------------------------------------------------------------


@pytest.mark.parametrize("marked", ["NATO SECRET", "Ｓｔｇ Geheim"])
@pytest.mark.parametrize("field", [each for each in WRITTEN if not isinstance(each, EDTFField)], ids=str)
def test_no_text_of_a_record_takes_one(field, marked):
    """A date of the register takes no words at all."""
    text = "nato-secret" if isinstance(field, KeyField) else marked
    text = "https://example.org/nato-secret" if isinstance(field, models.URLField) else text
    for value in _as_value(field, text):
        for language, words in SECRET.items():
            with translation.override(language), pytest.raises(ValidationError, match=words):
                field.clean(value, None)


def _as_value(field: models.Field, text: str) -> list:
    if isinstance(field, models.JSONField):
        return [[text], ["a", {"nl": "a", "en": text}]]
    return [["a", text] if isinstance(field, ArrayField) else text]


@pytest.mark.parametrize("model", [file.model for file in data_files()], ids=lambda model: model.__name__)
def test_no_text_of_a_file_takes_one(model):
    """The error names the field, and does not repeat what is classified."""
    schema = schema_of(model)()
    record = _filled(schema, "NATO SECRET plan")
    _values, errors = schema.check(record)
    assert len(record) > 1
    refused = {re.sub(r"\[.*?\]", "", path) for path, message in errors if "NATO SECRET”" in message}
    assert refused == set(_paths(schema))
    assert not [message for _path, message in errors if "plan" in message and "NATO SECRET”" in message]


def _is_text(each: serializers.Field) -> bool:
    if isinstance(each, serializers.ListField):
        each = each.child
    words = isinstance(each, serializers.CharField | serializers.JSONField)
    is_short = getattr(each, "max_length", None) == 2  # the code of a country
    return words and not is_short and not each.write_only and not isinstance(each, Reference | SubjectField | DateField)


def _filled(schema: RecordSerializer, text: str) -> dict:
    """A record with this text wherever one is written."""
    filled = {}
    for name, each in schema.fields.items():
        if name in schema.tables:
            filled[name] = [_filled(schema.tables[name], text)]
        elif _is_text(each):
            is_list = isinstance(each, serializers.ListField | serializers.JSONField)
            filled[name] = [text] if is_list else text
    return filled


def _paths(schema: RecordSerializer, at: str = "") -> list[str]:
    own = [at + name for name, each in schema.fields.items() if name not in schema.tables and _is_text(each)]
    inner = [path for name, table in schema.tables.items() for path in _paths(table, f"{at}{name}.")]
    return own + inner


@pytest.fixture
def reader(db) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.create_user("reader"))
    return client


@pytest.mark.parametrize(
    ("query", "name"), [("", "NATO SECRET posts"), ("?q=Stg.+Geheim", "Posts"), ("?q=stg%C2%AD+geheim", "Posts")]
)
def test_neither_the_name_nor_the_words_of_a_saved_view_bear_one(reader, query, name):
    page = reverse("save-view", args=["placements"]) + query
    answer = reader.post(page, {"name": name, "days": "today"})
    assert "state secret" in text_of(answer)
    assert not SavedView.objects.exists()
