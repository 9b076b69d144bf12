"""Small inputs that are unusual: what nobody sees in a text, forms with very many rows, a form that is sent twice."""

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cooperation.register.actions.schema import schema_of
from cooperation.register.models import Country, Organisation, SavedView
from cooperation.register.models.fields import EDTFField
from tests.contracts.outlets import text_of

APPS = ("register", "cooperation", "placements", "mous")
UNSEEN = "\u202e"
# Words that are chosen from a list of the kind (its schema and its form know which), and no texts.
CHOSEN = {"kind", "stage"}
WRITTEN = [
    field
    for app in APPS
    for model in apps.get_app_config(app).get_models()
    for field in model._meta.local_concrete_fields
    if isinstance(field, models.CharField | models.TextField | models.JSONField | ArrayField)
    and field.editable
    and not (field.choices or field.generated or field.primary_key or field.name in CHOSEN)
]


@pytest.mark.parametrize("field", WRITTEN, ids=str)
def test_no_text_takes_what_nobody_sees(field):
    text = f"https://example.org/a{UNSEEN}b"
    value = [{"nl": text}, text] if isinstance(field, models.JSONField) else text
    value = [text] if isinstance(field, ArrayField) else value
    with pytest.raises(ValidationError):
        field.clean(value, None)  # a date is no date with it


def test_there_are_texts():
    names = {str(field).partition(".")[2] for field in WRITTEN}
    assert {"Source.url", "Citation.field", "Organisation.notes", "EUProposal.legal_basis"} <= names
    assert any(isinstance(field, EDTFField) for field in WRITTEN)


@pytest.mark.parametrize("note", [f"a{UNSEEN}b", {"nl": f"a{UNSEEN}b"}, "Stg. Geheim"])
def test_a_file_with_what_nobody_sees_in_a_note_is_refused(note):
    record = {"key": "zz", "kind": "ministry", "name_nl": "Z", "name_en": "Z", "notes": [note]}
    _values, errors = schema_of(Organisation)().check(record)
    assert [path for path, _message in errors] == ["notes"]


# --- forms with very many rows ---------------------------------------------------------------------------------------


@pytest.fixture
def boss(db) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.create_superuser("boss"))
    return client


def organisation_with(client: Client, number: int):
    """The answer to a form of an organisation with so many countries."""
    path = reverse("admin:register_organisation_add")
    form = client.get(path).context["adminform"].form
    filled = dict.fromkeys(form.fields, "")
    filled |= {"key": "zz-interpol", "kind": "international_organisation", "name_nl": "Z", "name_en": "Z", "notes": ""}
    for prefix in ("countries", "citations", "disputes", "figures"):
        filled |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    filled["countries-TOTAL_FORMS"] = number
    codes = list(Country.objects.values_list("pk", flat=True))
    names = ("id", "organisation", "since", "until", "reason_nl", "reason_en")
    for row in range(number):
        filled |= {f"countries-{row}-{name}": "" for name in names}
        filled |= {f"countries-{row}-country": codes[row % len(codes)], f"countries-{row}-role": "party"}
    return client.post(path, {name: value for name, value in filled.items() if value is not None})


@pytest.mark.slow
def test_an_organisation_with_every_country_is_saved(boss):
    number = Country.objects.count()
    answer = organisation_with(boss, number)
    assert answer.status_code == 302, answer.context and answer.context.get("errors")
    assert Organisation.objects.get(key="zz-interpol").countries.count() == number


@override_settings(DATA_UPLOAD_MAX_NUMBER_FIELDS=1000)
def test_a_form_that_holds_too_much_says_so(boss):
    answer = organisation_with(boss, 130)
    assert answer.status_code == 413
    page = text_of(answer)
    assert "Nothing was saved. A form can hold 1000 fields" in page
    assert "Something in the address" not in page


# --- a form that is sent twice ---------------------------------------------------------------------------------------


def test_the_same_form_sent_twice_makes_one_view(boss):
    path, sent = "/views/save/placements/?country=AL", {"name": "Posts in Albania", "days": "today"}
    with CaptureQueriesContext(connection) as queries:
        first = boss.post(path, sent)
    assert first.status_code == 302
    assert any("pg_advisory_xact_lock" in one["sql"] for one in queries)  # two at once come one after the other
    again = boss.post(path, sent)
    view = SavedView.objects.get()
    assert again.status_code == 409
    assert f'You have saved this already: <a href="{view.get_absolute_url()}">Posts in Albania</a>.' in text_of(again)
    assert boss.post(path, {**sent, "name": "Another name"}).status_code == 302
    assert boss.post(f"{path}&stage=active", sent).status_code == 302
