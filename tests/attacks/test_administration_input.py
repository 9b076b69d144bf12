"""What no link and no form of the administration sends is refused with a sentence (400); nothing is told or changed."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from tests.factories import PlacementFactory, SourceFactory
from tests.register.test_admin import change_page, faults, form_on, is_saved, logged_in, save, staff

pytestmark = pytest.mark.django_db

ODD = ["", "\x00", "a\x00b", "x", "-1", "9" * 30, "1e9", "\ufffd", "'\"%\\", "a" * 3000, "١٢"]
AUTOCOMPLETE = {"app_label": "register", "model_name": "relation", "field_name": "to", "term": "x", "page": "1"}
LISTS = ("placements_placement", "register_source", "register_dispute", "register_savedview", "auth_user")
OF_A_LIST = ("q", "p", "o", "all", "_to_field", "_changelist_filters", "kind", "stage", "themes__id__exact", "e")


@pytest.fixture
def boss() -> Client:
    client = logged_in(User.objects.create_superuser("boss"))
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize("name", AUTOCOMPLETE)
def test_odd_values_for_choices_are_refused(boss, name):
    for value in ODD:
        status = boss.get(reverse("admin:autocomplete"), AUTOCOMPLETE | {name: value}).status_code
        assert status < 500, value
        if "\x00" in value or (value and name.endswith("_name")):
            assert status == 400, value


@pytest.mark.parametrize(
    ("model", "field"), [("instrument", "placement"), ("source", "milestones"), ("source", "title"), ("source", "id")]
)
def test_choices_are_only_for_fields_in_which_a_record_is_chosen(boss, model, field):
    asked = AUTOCOMPLETE | {"model_name": model, "field_name": field}
    assert boss.get(reverse("admin:autocomplete"), asked).status_code == 400


@pytest.mark.attack
@pytest.mark.parametrize("name", LISTS)
def test_odd_values_for_lists_are_no_error(boss, name):
    address = reverse(f"admin:{name}_changelist")
    for value in ODD:
        for key in OF_A_LIST:
            status = boss.get(address, {key: value}).status_code
            assert status < 500, (key, value)
            assert status == 400 or "\x00" not in value
        for confirmed in ({}, {"post": "yes"}):
            chosen = {"action": "delete_selected", "_selected_action": value} | confirmed
            assert boss.post(address, chosen).status_code < 500, value
        assert boss.post(address, {"action": value, "_selected_action": "1", "index": value}).status_code < 500, value


@pytest.mark.attack
@pytest.mark.parametrize("factory", [SourceFactory, PlacementFactory])
def test_odd_values_in_a_form_are_no_error(boss, factory):
    record = factory()
    form = form_on(boss, change_page(record))
    for name in form:
        for value in ("9" * 30, "x"):
            assert save(boss, record, form | {name: value}).status_code < 500, (name, value)
    assert save(boss, record, form | {"version": "\x00"}).status_code == 400


@pytest.mark.parametrize("count", ["1000", "1500", "9" * 30])
def test_a_form_has_as_many_rows_as_were_sent(boss, count):
    record = PlacementFactory(hosts=["NZ"])
    form = form_on(boss, change_page(record))
    response = save(boss, record, form | {"milestones-TOTAL_FORMS": count})
    assert response.status_code == 400
    assert "did not arrive as it was sent" in response.text


def test_choices_that_can_be_no_record_are_faults_of_their_fields(boss):
    record = PlacementFactory(hosts=["NZ"])
    odd = {"themes": "x", "milestones-0-source": "x", "countries-0-country": "x" * 99}
    assert odd.keys() <= faults(save(boss, record, form_on(boss, change_page(record)) | odd)).keys()


def test_a_refusal_is_a_sentence(boss):
    response = boss.get(reverse("admin:placements_placement_changelist"), {"q": "\x00"})
    assert "The administration never asks this. Nothing was changed." in response.text


# --- what is hidden --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("factory", [PlacementFactory, SourceFactory])
def test_a_key_that_is_taken_by_what_is_hidden_is_refused_as_any_other(factory):
    """One that a hidden record has, one that a visible record has, and one that is none."""
    hidden = {"classification": "confidential"} if factory is PlacementFactory else {}
    factory(key="test-hidden", **hidden)
    factory(key="test-visible")
    name = factory._meta.model._meta
    editor = staff(*(f"{verb}_{name.model_name}" for verb in ("add", "change", "view")))
    address = reverse(f"admin:{name.app_label}_{name.model_name}_add")
    form = form_on(editor, address)
    found = {
        key: faults(editor.post(address, form | {"key": key}))["key"] for key in ("test-hidden", "test-visible", "No!")
    }
    assert found["test-hidden"] == found["test-visible"] == found["No!"]
    assert found["No!"][0].startswith("This key cannot be used.")


@pytest.mark.slow
def test_recent_actions_name_only_what_may_be_seen_now():
    editor = staff("change_placement", "add_placement", "view_placement", "see_internal")
    records = [
        PlacementFactory(title_nl=title, title_en=title, classification=level)
        for title, level in (("Zzpublic", "public"), ("Zzinternal", "internal"))
    ]
    for record in records:
        form = form_on(editor, change_page(record))
        response = save(editor, record, form | {"city": "Wellington"})
        assert is_saved(response), faults(response)
    index = reverse("admin:index")
    assert all(title in editor.get(index).text for title in ("Zzpublic", "Zzinternal"))
    User.objects.get(username="editor").user_permissions.remove(Permission.objects.get(codename="see_internal"))
    assert "Zzpublic" in editor.get(index).text
    assert "Zzinternal" not in editor.get(index).text
    assert LogEntry.objects.count() == 2
