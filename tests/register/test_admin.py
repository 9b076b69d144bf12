"""Staff correct the register through the Django admin: what is saved, refused, seen."""

from datetime import date, timedelta

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission, User
from django.db import models
from django.forms import CheckboxInput, ModelMultipleChoiceField
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

import config.urls  # noqa: F401  (where the site of the admin is dressed)
from cooperation.models import EUProposal, Provision
from cooperation.register import actions
from cooperation.register.domain.clock import Clock
from cooperation.register.domain.edtf import EDTF
from cooperation.register.editing.forms import NotesField
from cooperation.register.models import (
    Commitment,
    Country,
    Dispute,
    GroupMembership,
    Instrument,
    Milestone,
    Organisation,
    Relation,
    Source,
    StageSpan,
    Theme,
    kinds,
)
from cooperation.register.search.query import Words
from placements.models import Placement
from tests.factories import (
    EUProposalFactory,
    MilestoneFactory,
    PlacementFactory,
    ProvisionFactory,
    SourceFactory,
    TreatyFactory,
)

pytestmark = pytest.mark.django_db

REGISTER = ("Country", "Dispute", "Figure", "Instrument", "Organisation", "Source", "Theme")
REGISTERED = [model for model in admin.site._registry if issubclass(model, Instrument) or model.__name__ in REGISTER]


def name_of(model: type[models.Model]) -> str:
    return f"admin:{model._meta.app_label}_{model._meta.model_name}"


def change_page(record: models.Model) -> str:
    return reverse(f"{name_of(type(record))}_change", args=[record.pk])


def staff(*permissions: str, username: str = "editor") -> Client:
    """A browser in which a member of staff with these permissions is logged in."""
    user = User.objects.create_user(username, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    assert user.user_permissions.count() == len(permissions)
    return logged_in(user)


def logged_in(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


@pytest.fixture
def boss() -> Client:
    return logged_in(User.objects.create_superuser("boss"))


@pytest.fixture
def editor() -> Client:
    return staff("change_placement", "add_placement", "view_placement")


@pytest.fixture
def post_abroad() -> Placement:
    return PlacementFactory(key="test-post", hosts=["NZ"], milestones=[("started", "2021-01-01")])


def form_on(client: Client, address: str) -> dict[str, object]:
    """What a browser would send back from the page as it was opened."""
    response = client.get(address)
    assert response.status_code == 200
    filled = {}
    forms = [response.context["adminform"].form]
    for inline in response.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form]
        if inline.has_change_permission:
            forms += inline.formset.forms
    for form in forms:
        for field in form:
            value = field.value()
            if isinstance(field.field, ModelMultipleChoiceField):
                value = [getattr(each, "pk", each) for each in value or []]
            elif value is None or (value is False and isinstance(field.field.widget, CheckboxInput)):
                continue
            filled[field.html_name] = value.pk if isinstance(value, models.Model) else value
    return filled


def added(form: dict, prefix: str, **values) -> dict:
    """The same form with one more row among what hangs on the record."""
    number = int(form[f"{prefix}-TOTAL_FORMS"])
    row = {f"{prefix}-{number}-{name}": value for name, value in values.items()}
    return form | row | {f"{prefix}-TOTAL_FORMS": number + 1}


@translation.override("en")
def faults(response) -> dict[str, list[str]]:
    """The messages on a form that was refused: by field, those above all under an empty name."""
    assert response.status_code == 200, "it was not refused"
    found = {"": list(response.context["adminform"].form.non_field_errors())}
    for inline in response.context["inline_admin_formsets"]:
        found[""] += inline.formset.non_form_errors()
        for form in inline.formset.forms:
            found |= {f"{form.prefix}-{name}": list(errors) for name, errors in form.errors.items()}
    own = response.context["adminform"].form.errors.items()
    return {name: list(errors) for name, errors in [*found.items(), *own] if errors and name != "__all__"}


def save(client: Client, record: models.Model, form: dict):
    return client.post(change_page(record), form)


def is_saved(response) -> bool:
    return response.status_code == 302


# --- what is seen ----------------------------------------------------------------------------------------------------


def test_who_adds_a_source_can_cite_it_before_anything_uses_it():
    perms = ("add_source", "change_placement", "view_placement")
    editor, colleague = staff(*perms), staff(*perms, username="colleague")
    filled = {"key": "test-new", "kind": "press", "title": "Proefbron", "publisher": "Tests", "reliability": "press"}
    assert is_saved(editor.post(reverse("admin:register_source_add"), filled))
    choices = "/admin/autocomplete/?app_label=register&model_name=citation&field_name=source&term=proefbron"
    assert [one["text"] for one in editor.get(choices).json()["results"]] == ["Proefbron"]
    assert colleague.get(choices).json()["results"] == []


def test_lists_are_filtered_by_theme_and_by_day(editor):
    theme = Instrument.objects.filter(resource="placements", themes__isnull=False)[0].themes.all()[0]
    hidden = Theme.objects.create(key="test-hidden", name_nl="Geheim", name_en="Hidden")
    address = reverse("admin:placements_placement_changelist")
    for asked in (
        f"themes__id__exact={theme.pk}",
        "updated_at__gte=2020-01-01+00:00:00%2B00:00",
        "classification__exact=public",
    ):
        assert editor.get(f"{address}?{asked}").status_code == 200
    assert hidden.name not in editor.get(address).text
    assert editor.get(f"{address}?themes__key__startswith=test").status_code == 400


def test_a_form_leads_to_the_page_of_its_record(editor, post_abroad):
    assert 'href="/placements/test-post/"' in editor.get(change_page(post_abroad)).text


# --- a fact is corrected ---------------------------------------------------------------------------------------------


def test_a_corrected_date_moves_the_stage_on_page_and_in_the_api(editor, post_abroad):
    question = "?validOn=2021-06-01"
    page, api = f"/placements/test-post/{question}", f"/api/v1/placements/test-post{question}"
    assert editor.get(page).status_code == 200
    assert editor.get(api).json()["stage"] == "unconfirmed"

    form = form_on(editor, change_page(post_abroad))
    assert is_saved(save(editor, post_abroad, form | {"milestones-0-date": "2021-09"}))

    assert post_abroad.milestones.get().date == EDTF("2021-09")
    assert editor.get(page).status_code == 404
    assert editor.get(api).status_code == 404
    later = editor.get("/api/v1/placements/test-post?validOn=2021-10-15").json()
    assert later["stage"] == "unconfirmed"
    assert actions.compare_spans() == []


@pytest.mark.slow
def test_nothing_changes_when_a_record_is_saved_as_it_is(boss):
    """Tried on the richest record of each kind of the data set."""
    for kind in kinds().values():
        record = kind.objects.annotate(size=models.Count("milestones")).order_by("-size", "pk").first()
        before = list(StageSpan.objects.filter(instrument=record).values_list("stage", "valid", "known"))
        rows = list(record.milestones.order_by("pk").values())
        response = save(boss, record, form_on(boss, change_page(record)))
        assert is_saved(response), (kind, faults(response))
        again = kind.objects.get(pk=record.pk)
        assert list(again.spans.values_list("stage", "valid", "known")) == before
        assert list(again.milestones.order_by("pk").values()) == rows
        for field in kind._meta.concrete_fields:
            if field.name != "updated_at":
                assert getattr(again, field.attname) == getattr(record, field.attname), field
        assert again.updated_at > record.updated_at


def test_a_record_is_added_with_what_hangs_on_it(boss):
    source = SourceFactory(published="2020-05")
    address = reverse(f"{name_of(EUProposal)}_add")
    form = form_on(boss, address) | {"key": "test-new", "kind": "regulation", "title_nl": "Proefverordening"}
    assert form["classification"] == "internal"
    form |= {"classification": "public", "notes": "nl: Een woord.\nen: A word.\n\nBare"}
    row = {"key": "proposed", "kind": "proposed", "state": "occurred", "date": "2020-04-08", "source": source.pk}
    form = added(form, "milestones", **row)
    form = added(form, "countries", country="NZ", role="concerned")
    form = added(form, "citations", field="milestones.proposed", source=source.pk, locator="p. 3")
    response = boss.post(address, form)
    assert is_saved(response), faults(response)
    record = EUProposal.objects.get(key="test-new")
    assert record.notes == [{"nl": "Een woord.", "en": "A word."}, "Bare"]
    assert record.milestones.get().known_from == date(2020, 5, 31)  # the last possible day of its source
    assert Instrument.objects.matching(Words("nieuw-zeeland"), Clock.on()).filter(pk=record.pk).exists()
    assert boss.get("/api/v1/eu-proposals/test-new").json()["stage"] == "proposed"
    found = boss.get("/api/v1/eu-proposals?q=proefverordening").json()["results"]
    assert [each["key"] for each in found] == ["test-new"]


def test_the_record_that_is_repealed_follows(boss):
    repealed = EUProposalFactory(milestones=[("proposed", "2020-01-01")])
    act = EUProposalFactory(milestones=[("entry_into_force", "2021-01-01")])
    form = added(form_on(boss, change_page(act)), "relations", type="repeals", to=repealed.pk)
    assert is_saved(save(boss, act, form))
    assert repealed.spans.filter(stage="repealed").exists()

    form = form_on(boss, change_page(act)) | {"relations-0-DELETE": "on"}
    assert is_saved(save(boss, act, form))
    assert not repealed.spans.filter(stage="repealed").exists()


def test_what_followed_from_a_deleted_record_is_written_anew(boss):
    repealed = EUProposalFactory(milestones=[("proposed", "2020-01-01")])
    act = EUProposalFactory(milestones=[("entry_into_force", "2021-01-01")])
    Relation.objects.create(instrument=act, type="repeals", to=repealed)
    actions.rewrite_spans([act])
    assert repealed.spans.filter(stage="repealed").exists()
    assert is_saved(boss.post(reverse(f"{name_of(EUProposal)}_delete", args=[act.pk]), {"post": "yes"}))
    assert not repealed.spans.filter(stage="repealed").exists()


def test_records_are_deleted_from_the_list_as_well(boss):
    records = [EUProposalFactory(), EUProposalFactory()]
    chosen = {"action": "delete_selected", "_selected_action": [record.pk for record in records], "post": "yes"}
    assert is_saved(boss.post(reverse(f"{name_of(EUProposal)}_changelist"), chosen))
    assert not Instrument.objects.filter(pk__in=[record.pk for record in records]).exists()


@pytest.mark.parametrize(("path", "find"), [("organisations", Organisation), ("countries", Country)])
def test_a_new_name_is_found_with_the_records(boss, path, find):
    named = find.objects.filter(roles__isnull=False).first()
    record = named.roles.first().instrument
    form = form_on(boss, change_page(named)) | {"name_nl": "Zzqwx"}
    response = save(boss, named, form)
    assert is_saved(response), faults(response)
    assert Instrument.objects.matching(Words("zzqwx"), Clock.on()).filter(pk=record.pk).exists()


def test_a_source_that_is_in_use_stays(boss, post_abroad):
    source = post_abroad.milestones.get().source
    response = boss.post(reverse(f"{name_of(Source)}_delete", args=[source.pk]), {"post": "yes"})
    assert response.status_code == 200
    assert response.context["protected"]
    assert Source.objects.filter(pk=source.pk).exists()


def test_a_dispute_is_written_down_with_its_claims(boss, post_abroad):
    address = reverse(f"{name_of(Dispute)}_add")
    form = form_on(boss, address) | {"about_instrument": post_abroad.pk, "field": "milestones.started-0"}
    for number, source in enumerate([SourceFactory(), SourceFactory()]):
        form |= {f"claims-{number}-value": f"202{number}", f"claims-{number}-source": source.pk}
    response = boss.post(address, form)
    assert is_saved(response), faults(response)
    assert post_abroad.disputes.get().claims.count() == 2
    changed = post_abroad.updated_at
    post_abroad.refresh_from_db()
    assert post_abroad.updated_at > changed


# --- what is refused, and where that is said -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"title_nl": "Stg. Geheim plan"}, "title_nl", "state secret"),
        ({"notes": "Stg. Geheim"}, "notes", "state secret"),
        ({"title_nl": ""}, "title_nl", "required"),
        ({"term_years": "4", "duration_weeks": "3"}, "", "in years or in weeks, not both"),
        ({"posts": "0"}, "posts", "greater than or equal to 1"),
        ({"posts": "99999999999"}, "posts", "less than or equal to"),
        ({"kind": "regulation"}, "kind", "valid choice"),
        ({"milestones-0-date": "2021-13"}, "milestones-0-date", "not a day of the calendar"),
        ({"milestones-0-date": "soon"}, "milestones-0-date", "not a date like"),
        ({"milestones-0-kind": "council_adopted"}, "milestones-0-kind", "valid choice"),
        ({"milestones-0-note_nl": "Stg. Geheim"}, "milestones-0-note_nl", "state secret"),
        ({"milestones-0-source": ""}, "milestones-0-source", "required"),
        ({"milestones-0-DELETE": "on"}, "", "is missing"),
        ({"countries-0-since": "2022", "countries-0-until": "2021"}, "countries-0-until", "ends before it starts"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
@pytest.mark.slow
def test_a_fault_is_shown_where_it_is(editor, post_abroad, change, field, words):
    before = Placement.objects.values().get(pk=post_abroad.pk)
    found = faults(save(editor, post_abroad, form_on(editor, change_page(post_abroad)) | change))
    assert words in " ".join(found[field]).lower(), found
    assert Placement.objects.values().get(pk=post_abroad.pk) == before
    assert post_abroad.milestones.get().date == EDTF("2021-01-01")


@pytest.mark.parametrize(
    ("prefix", "row", "field", "words"),
    [
        ("milestones", {"key": "started-0"}, "", "key"),
        ("milestones", {"state": "expected", "fulfils": "it"}, "", "closes an expectation"),
        ("milestones", {"fulfils": "it"}, "milestones-1-fulfils", "is not expected"),
        ("milestones", {"replaces": "it", "known_from": "2019-01-01"}, "milestones-1-replaces", "was not known before"),
        ("milestones", {"fulfils": "other"}, "milestones-1-fulfils", "valid choice"),
        ("milestones", {"kind": "ended", "date": "2019"}, "milestones-1-date", "ends before it starts"),
        ("milestones", {"source": "undated", "known_from": ""}, "milestones-1-known_from", "none of the sources"),
        ("countries", {"country": "NZ", "role": "host"}, "", "has this role already"),
        ("citations", {"field": "nonsense"}, "citations-0-field", "leads nowhere"),
        ("relations", {"type": "amends"}, "relations-0-__all__", "points to a record or names something"),
        ("relations", {"type": "amends", "to": "itself"}, "", "no relation to itself"),
        ("commitments", {"what_nl": "x", "outcome_date": "2021"}, "commitments-0-__all__", "needs words"),
    ],
)
@pytest.mark.slow
def test_a_row_that_contradicts_is_refused(boss, post_abroad, prefix, row, field, words):
    known = post_abroad.milestones.get()
    other = PlacementFactory().milestones.get()
    things = {"it": known.pk, "other": other.pk, "itself": post_abroad.pk, "undated": SourceFactory(published=None).pk}
    source = SourceFactory().pk
    rows = {
        "milestones": {
            "key": "next",
            "kind": "observed",
            "state": "occurred",
            "date": "2022",
            "source": source,
            "known_from": "2022-01-01",
        },
        "citations": {"source": source},
        "commitments": {"made_in": source},
    }
    values = {name: things.get(value, value) for name, value in (rows.get(prefix, {}) | row).items()}
    form = added(form_on(boss, change_page(post_abroad)), prefix, **values)
    found = faults(save(boss, post_abroad, form))
    at_field = found.get(field, [])
    assert words in " ".join(at_field).lower(), found
    assert post_abroad.milestones.count() == 1


def test_a_membership_that_overlaps_is_refused(boss):
    country = Country.objects.get(code="NZ")
    GroupMembership.objects.create(country=country, group="eu", since="2001")
    form = added(form_on(boss, change_page(country)), "groups", group="eu", since="2010")
    found = faults(save(boss, country, form))
    assert "member of this group already" in str(found)
    assert country.groups.count() == 1


def test_overlap_within_one_form_is_refused_by_the_database(boss):
    country = Country.objects.get(code="NZ")
    form = form_on(boss, change_page(country))
    form = added(added(form, "groups", group="eu", since="2001"), "groups", group="eu", since="2010")
    found = faults(save(boss, country, form))
    assert "member of this group already" in " ".join(found[""])
    assert not country.groups.exists()


def test_a_promise_that_waits_for_the_end_of_the_transaction_is_no_error_500(boss, post_abroad, monkeypatch):
    """Another record's milestone is not among the choices; were it chosen all the same, the database would refuse."""
    other = PlacementFactory().milestones.get()
    monkeypatch.setattr(
        "cooperation.register.editing.records.errors_of",
        lambda record: Milestone.objects.filter(instrument=record).update(replaces=other) and [],
    )
    found = faults(save(boss, post_abroad, form_on(boss, change_page(post_abroad))))
    assert found[""] == ["A milestone can only be named within its own record."]


def test_a_milestone_that_another_fulfils_stays(boss, post_abroad):
    plan = MilestoneFactory(instrument=post_abroad, key="plan", kind="planned_end", date="2022", state="expected")
    MilestoneFactory(instrument=post_abroad, key="end", kind="ended", date="2022", fulfils=plan)
    form = form_on(boss, change_page(post_abroad))
    number = next(name.split("-")[1] for name, value in form.items() if value == "plan")
    found = faults(save(boss, post_abroad, form | {f"milestones-{number}-DELETE": "on"}))
    assert "would require deleting" in str(found)


# --- two editors -----------------------------------------------------------------------------------------------------


def test_two_editors_clash_and_nothing_is_lost(editor, boss, post_abroad):
    first, second = (form_on(client, change_page(post_abroad)) for client in (editor, boss))
    assert is_saved(save(editor, post_abroad, first | {"milestones-0-date": "2021-02"}))
    response = save(boss, post_abroad, second | {"title_nl": "Van de tweede", "milestones-0-date": "2021-03"})
    assert "Someone else changed this record" in faults(response)[""][0]
    assert "Van de tweede" in response.content.decode()
    assert 'value="2021-03"' in response.content.decode()
    assert post_abroad.milestones.get().date == EDTF("2021-02")


def test_a_form_that_was_opened_long_ago_says_nothing_about_its_version(boss, post_abroad):
    form = form_on(boss, change_page(post_abroad))
    form.pop("version")
    assert "Someone else" in faults(save(boss, post_abroad, form))[""][0]


def test_two_editors_of_a_country_clash_over_its_memberships(boss):
    country = Country.objects.get(code="NZ")
    form = form_on(boss, change_page(country))
    GroupMembership.objects.create(country=country, group="eu", since="2001")
    assert "Someone else" in faults(save(boss, country, form))[""][0]


# --- who may, and who sees -------------------------------------------------------------------------------------------

MAY = {  # rights: list, add, change, delete
    None: (302, 302, 302, 302),
    (): (403, 403, 403, 403),
    ("view_placement",): (200, 403, 200, 403),
    ("add_placement",): (403, 200, 403, 403),
    ("change_placement",): (200, 403, 200, 403),
    ("delete_placement",): (403, 403, 403, 403),
    ("view_placement", "delete_placement", "see_confidential"): (200, 403, 200, 200),
    ("add_euproposal", "change_euproposal"): (403, 403, 403, 403),
}


@pytest.mark.parametrize("permissions", MAY)
def test_who_may_do_what(post_abroad, permissions):
    client = Client() if permissions is None else staff(*permissions)
    name = name_of(Placement)
    addresses = [
        reverse(f"{name}_changelist"),
        reverse(f"{name}_add"),
        change_page(post_abroad),
        reverse(f"{name}_delete", args=[post_abroad.pk]),
    ]
    assert tuple(client.get(address).status_code for address in addresses) == MAY[permissions]


def test_who_is_no_staff_may_not_enter(post_abroad):
    client = logged_in(User.objects.create_user("reader"))
    assert client.get(change_page(post_abroad), follow=True).status_code == 403


def test_who_may_only_look_saves_nothing(post_abroad):
    client = staff("view_placement")
    assert save(client, post_abroad, {"title_nl": "X"}).status_code == 403


@pytest.mark.slow
@pytest.mark.parametrize("classification", ["internal", "confidential"])
def test_what_one_may_not_see_is_absent(editor, boss, post_abroad, classification):
    hidden = PlacementFactory(key="test-hidden", title_nl="Zzqwx", title_en="Zzqwx", classification=classification)
    secret = SourceFactory(title="Zzqwx bron")
    MilestoneFactory(instrument=hidden, kind="observed", date="2021", source=secret)
    Relation.objects.create(instrument=post_abroad, type="related_to", to=hidden)
    commitment = Commitment.objects.create(instrument=hidden, what_nl="Zzqwx", made_in=secret)
    Dispute.objects.create(instrument=hidden, field="zzqwx")
    actions.rewrite_words([hidden])
    assert commitment.pk
    autocomplete = reverse("admin:autocomplete")
    to = {"app_label": "register", "model_name": "relation", "field_name": "to", "term": "zzqwx"}
    source = {"app_label": "register", "model_name": "milestone", "field_name": "source", "term": "zzqwx"}
    outlets = [
        (reverse(f"{name_of(Placement)}_changelist"), {"q": "zzqwx"}),
        (change_page(post_abroad), {}),
        (autocomplete, to),
        (autocomplete, source),
    ]
    for address, query in outlets:
        assert "Zzqwx" in boss.get(address, query).content.decode(), address
        response = editor.get(address, query)
        assert response.status_code == 200
        assert "Zzqwx" not in response.content.decode(), address
    assert editor.get(change_page(hidden)).status_code == 302
    assert editor.get(reverse("admin:register_instrument_change", args=[hidden.pk])).status_code == 302

    form = added(form_on(editor, change_page(post_abroad)), "relations", type="amends", to=hidden.pk)
    assert "valid choice" in str(faults(save(editor, post_abroad, form)))
    form = form_on(editor, change_page(post_abroad))
    assert is_saved(save(editor, post_abroad, form | {"city": "Wellington"}))
    assert post_abroad.relations.count() == 1  # what one does not see is not lost


def test_nobody_hides_a_record_from_themselves(editor, post_abroad):
    form = form_on(editor, change_page(post_abroad)) | {"classification": "confidential"}
    assert "classification" in faults(save(editor, post_abroad, form))


# --- pages -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model.__name__)
@pytest.mark.slow
def test_every_page_opens(boss, model):
    name = name_of(model)
    assert boss.get(reverse(f"{name}_changelist")).status_code == 200
    assert boss.get(reverse(f"{name}_changelist"), {"q": "politie é\"'%_"}).status_code == 200
    if model is not Instrument:
        assert boss.get(reverse(f"{name}_add")).status_code == 200
        assert boss.get(change_page(model._default_manager.first())).status_code == 200


def test_every_kind_is_there():
    assert set(kinds().values()) <= set(REGISTERED)


def test_every_list_in_dutch_and_english(boss):
    for language, words in (("nl", "Zoek"), ("en", "Search")):
        page = boss.get(reverse(f"{name_of(Placement)}_changelist"), headers={"accept-language": language})
        assert words in page.content.decode()


@pytest.mark.parametrize("model", [Placement, EUProposal])
def test_as_many_questions_for_many_rows_as_for_one(boss, model, django_assert_num_queries):
    factory = {Placement: PlacementFactory, EUProposal: EUProposalFactory}[model]
    address = reverse(f"{name_of(model)}_changelist")

    def asked() -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as queries:
            boss.get(address, {"q": "test"})
        return len(queries)

    factory(hosts=["NZ"])
    boss.get(address)
    few = asked()
    for _ in range(5):
        factory(hosts=["NZ", "AU"])
    assert asked() == few


def test_the_list_shows_the_stage_of_today(boss):
    day = timezone.localdate() - timedelta(days=3)
    PlacementFactory(key="test-now", milestones=[("started", str(day))])
    address = reverse(f"{name_of(Placement)}_changelist")
    assert '<td class="field-stage_in_words">unconfirmed</td>' in boss.get(address, {"q": "test-now"}).content.decode()
    assert boss.get(address, {"q": "test-now", "stage": "unconfirmed"}).context["cl"].result_count == 1
    assert boss.get(address, {"q": "test-now", "stage": "ended"}).context["cl"].result_count == 0


def test_names_of_persons_have_no_field(boss):
    page = boss.get(reverse("admin:auth_user_change", args=[User.objects.get(username="boss").pk])).content.decode()
    for name in ("first_name", "last_name", "email"):
        assert f'name="{name}"' not in page


def test_every_note_of_the_data_set_is_written_as_it_was_read():
    field = NotesField(required=False)
    for record in [*Instrument.objects.all(), *Organisation.objects.all()]:
        assert field.clean(field.prepare_value(record.notes)) == record.notes


class TestAReferenceToARecordThatOneMayNotSee:
    @pytest.fixture
    def provision(self) -> Provision:
        hidden = TreatyFactory(title_nl="Verborgen verdrag", title_en="Hidden treaty", classification="confidential")
        return ProvisionFactory(needs_implementing_agreement=True, implementing_agreement=hidden)

    @pytest.mark.slow
    def test_stays_what_it_was_when_the_record_is_saved(self, provision):
        editor = staff("view_provision", "change_provision")
        page = change_page(provision)
        assert "Verborgen verdrag" not in editor.get(page).content.decode()
        # A browser has no option for the hidden record, and sends what it shows: nothing.
        form = form_on(editor, page) | {"implementing_agreement": "", "article": "art. 98"}
        assert is_saved(save(editor, provision, form))
        held = provision.implementing_agreement_id
        provision.refresh_from_db()
        assert (provision.article, provision.implementing_agreement_id) == ("art. 98", held)

    def test_is_empty_to_who_only_looks(self, provision):
        page = staff("view_provision").get(change_page(provision)).content.decode()
        assert "art" in page
        assert "Verborgen verdrag" not in page

    def test_is_no_key_of_the_list(self, provision):
        viewer = staff("view_provision")
        answer = viewer.get(
            f"/admin/cooperation/provision/?implementing_agreement={provision.implementing_agreement_id}"
        )
        assert provision.key not in answer.content.decode()

    def test_is_not_named_in_the_history(self, boss, provision):
        form = form_on(boss, change_page(provision))
        hidden = provision.implementing_agreement
        assert is_saved(save(boss, provision, added(form, "relations", type="depends_on", to=hidden.pk)))
        editor = staff("view_provision", "change_provision", username="another")
        history = editor.get(f"/admin/cooperation/provision/{provision.pk}/history/").content.decode()
        assert "Verborgen verdrag" not in history
