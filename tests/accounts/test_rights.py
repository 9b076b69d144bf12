"""Who manages accounts gives no more rights than they have, and has no hold over who has more."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import reverse

from tests.factories import PlacementFactory

from .people import account, is_signed_in, sign_in, with_app

pytestmark = pytest.mark.django_db
OF_MANAGER = (
    "view_user",
    "change_user",
    "add_user",
    "delete_user",
    "change_group",
    "view_group",
    "add_group",
    "delete_group",
)


def permission(codename: str) -> Permission:
    return Permission.objects.get(codename=codename)


def group(name: str, *codenames: str) -> Group:
    made = Group.objects.create(name=name)
    made.permissions.set(Permission.objects.filter(codename__in=codenames))
    return made


@pytest.fixture
def manager() -> User:
    return account("manager", *OF_MANAGER, "change_placement", is_staff=True)


@pytest.fixture
def by_manager(manager) -> Client:
    client = Client()
    client.force_login(manager)
    return client


def change_page(record, page: str = "change") -> str:
    return reverse(f"admin:auth_{record._meta.model_name}_{page}", args=[record.pk])


def form_of(user: User, **more) -> dict:
    """What a form says that changes nothing; a browser leaves unchecked boxes out."""
    boxes = {name: "on" for name in ("is_active", "is_staff", "is_superuser") if getattr(user, name)}
    lists = {
        "groups": [g.pk for g in user.groups.all()],
        "user_permissions": [p.pk for p in user.user_permissions.all()],
    }
    return {"username": user.username, **boxes, **lists, **more}


def rights(user: User) -> tuple:
    user = User.objects.get(pk=user.pk)
    return user.is_superuser, user.is_staff, user.is_active, frozenset(user.get_all_permissions()), user.password


RAISES = {
    "superuser": lambda: {"is_superuser": "on"},
    "a right": lambda: {"user_permissions": [permission("see_confidential").pk]},
    "a right beside own ones": lambda: {
        "user_permissions": [permission("change_placement").pk, permission("delete_placement").pk]
    },
    "a group": lambda: {"groups": [group("Confidential", "see_confidential").pk]},
}


@pytest.mark.parametrize("raised", RAISES)
@pytest.mark.parametrize("whose", ["own", "another"])
def test_no_field_raises_anyone_above_the_one_who_sends_it(manager, by_manager, raised, whose):
    user = manager if whose == "own" else account("reader")
    before = rights(user)
    by_manager.post(change_page(user), form_of(user, **RAISES[raised]()))
    after = rights(user)
    assert after[0] is False
    assert after[3] <= before[3], "no new right"
    assert not User.objects.get(pk=user.pk).groups.exists()


def test_what_one_has_may_be_given(manager, by_manager):
    editors, reader = group("Editors", "change_placement"), account("reader")
    answer = by_manager.post(
        change_page(reader),
        form_of(reader, is_staff="on", groups=[editors.pk], user_permissions=[permission("view_user").pk]),
    )
    assert answer.status_code == 302
    reader = User.objects.get(pk=reader.pk)
    assert reader.is_staff
    assert reader.get_all_permissions() == {"placements.change_placement", "auth.view_user"}


def test_the_form_offers_no_more(by_manager):
    group("Confidential", "see_confidential")
    editors, reader = group("Editors", "change_placement"), account("reader")
    page = by_manager.get(change_page(reader)).content.decode()
    assert 'name="is_superuser"' not in page
    chosen = {name: set(re.findall(r'<option value="(\d+)"', part)) for name, part in _selects(page).items()}
    assert chosen["groups"] == {str(editors.pk)}
    assert str(permission("see_confidential").pk) not in chosen["user_permissions"]
    assert str(permission("change_placement").pk) in chosen["user_permissions"]


def _selects(page: str) -> dict[str, str]:
    return dict(re.findall(r'<select name="(\w+)".*?>(.*?)</select>', page, re.DOTALL))


HIGHER = {
    "a superuser": lambda: account("boss", is_superuser=True),
    "a superuser who is switched off": lambda: account("boss", is_superuser=True, is_active=False),
    "who sees more": lambda: account("boss", "see_confidential"),
    "who sees more and is switched off": lambda: account("boss", "see_internal", is_active=False),
    "who is in a group with more": lambda: _in_group(),
}


def _in_group() -> User:
    boss = account("boss")
    boss.groups.add(group("Confidential", "see_confidential"))
    return boss


@pytest.mark.parametrize("higher", HIGHER)
def test_no_hold_over_who_has_more(by_manager, higher):
    boss = HIGHER[higher]()
    with_app(boss)
    before = rights(boss)
    new = {"password1": "staple-and-tractor-9", "password2": "staple-and-tractor-9", "usable_password": "true"}
    assert by_manager.post(change_page(boss), form_of(boss, is_active="on")).status_code == 403
    assert by_manager.get(reverse("admin:auth_user_password_change", args=[boss.pk])).status_code == 403
    assert by_manager.post(reverse("admin:auth_user_password_change", args=[boss.pk]), new).status_code == 403
    assert by_manager.post(change_page(boss, "delete"), {"post": "yes"}).status_code == 403
    for action in ("forget_factors", "delete_selected"):
        chosen = {"action": action, "_selected_action": [boss.pk], "post": "yes"}
        by_manager.post(reverse("admin:auth_user_changelist"), chosen)
    assert rights(boss) == before
    assert Authenticator.objects.filter(user=boss).count() == 2


def test_a_group_is_no_way_around(manager, by_manager):
    manager.groups.add(own := group("Editors", "change_placement"))
    for codename in ("see_confidential", "delete_placement"):
        by_manager.post(change_page(own), {"name": own.name, "permissions": [permission(codename).pk]})
        assert [p.codename for p in own.permissions.all()] == ["change_placement"]
        by_manager.post(reverse("admin:auth_group_add"), {"name": codename, "permissions": [permission(codename).pk]})
        assert not Group.objects.filter(name=codename).exists()
    above = group("Confidential", "see_confidential")
    assert by_manager.post(change_page(above), {"name": "x", "permissions": []}).status_code == 403
    assert by_manager.post(change_page(above, "delete"), {"post": "yes"}).status_code == 403
    by_manager.post(change_page(own), {"name": "Renamed", "permissions": [permission("change_placement").pk]})
    assert Group.objects.filter(name="Renamed").exists()


@pytest.mark.parametrize("name", ["BOSS", "boss", " Boss "])
def test_nobody_is_kept_out_by_an_account_whose_name_differs_in_capitals(by_manager, name):
    boss, other = account("boss", is_superuser=True), account("other")
    answer = by_manager.post(change_page(other), form_of(other, username=name))
    assert answer.context["adminform"].form.errors["username"]
    assert by_manager.post(change_page(other), form_of(other, username="OTHER")).status_code == 302
    client = Client()
    sign_in(client, boss.username)
    assert is_signed_in(client)


def test_a_new_account_has_no_right(by_manager):
    words = {"username": "new", "password1": "staple-and-tractor-9", "password2": "staple-and-tractor-9"}
    by_manager.post(
        reverse("admin:auth_user_add"), {**words, "usable_password": "true", "is_superuser": "on", "is_staff": "on"}
    )
    new = User.objects.get(username="new")
    assert (new.is_superuser, new.is_staff, new.get_all_permissions()) == (False, False, set())


@pytest.mark.parametrize(("model", "field"), [("user", "username"), ("group", "name")])
def test_no_name_bears_a_marking(model, field):
    boss = Client()
    boss.force_login(account("boss", is_staff=True, is_superuser=True))
    words = {"password1": "staple-and-tractor-9", "password2": "staple-and-tractor-9", "usable_password": "true"}
    answer = boss.post(reverse(f"admin:auth_{model}_add"), {**words, field: "nato-secret"})
    assert "NATO SECRET" in str(answer.context["adminform"].form.errors[field])


def test_a_superuser_gives_everything():
    reader, boss = account("reader"), Client()
    boss.force_login(account("boss", is_staff=True, is_superuser=True))
    assert boss.post(change_page(reader), form_of(reader, is_superuser="on", is_staff="on")).status_code == 302
    assert User.objects.get(username="reader").is_superuser


def test_ones_own_password_and_factors_are_not_changed_past_the_questions(manager, by_manager):
    with_app(manager)
    own = reverse("admin:auth_user_password_change", args=[manager.pk])
    new = {"password1": "staple-and-tractor-9", "password2": "staple-and-tractor-9", "usable_password": "true"}
    for address in (own, f"/admin/auth/user/0{manager.pk}/password/", f"/admin/auth/user/+{manager.pk}/password/"):
        assert by_manager.post(address, new)["Location"] == reverse("account_change_password")
    by_manager.post(
        reverse("admin:auth_user_changelist"), {"action": "forget_factors", "_selected_action": [manager.pk]}
    )
    assert Authenticator.objects.filter(user=manager).count() == 2
    assert User.objects.get(pk=manager.pk).password == manager.password


def test_lost_factors_are_taken_away_and_so_are_the_sessions(client):
    user = account("reader")
    sign_in(client)
    with_app(user)
    boss = Client()
    boss.force_login(account("boss", is_staff=True, is_superuser=True))
    boss.post(reverse("admin:auth_user_changelist"), {"action": "forget_factors", "_selected_action": [user.pk]})
    assert not Authenticator.objects.exists()
    assert not client.get("/marks/").wsgi_request.user.is_authenticated
    assert is_signed_in(boss)


def test_an_account_that_wrote_something_stays(by_manager):
    """The page that asks for confirmation would name what it wrote, also what is not public; and nobody did it then."""
    writer = account("writer")
    hidden = PlacementFactory(title_nl="Zzqwx", title_en="Zzqwx", classification="internal")
    about = {"content_type": ContentType.objects.get_for_model(hidden), "object_id": hidden.pk, "object_repr": "Zzqwx"}
    LogEntry.objects.create(user=writer, action_flag=CHANGE, **about)
    chosen = {"action": "delete_selected", "_selected_action": [writer.pk]}
    for answer in (
        by_manager.get(change_page(writer, "delete")),
        by_manager.post(change_page(writer, "delete"), {"post": "yes"}),
        by_manager.post(reverse("admin:auth_user_changelist"), chosen),
        by_manager.post(reverse("admin:auth_user_changelist"), chosen | {"post": "yes"}),
    ):
        assert "Zzqwx" not in answer.content.decode()
    assert User.objects.filter(username="writer").exists()
