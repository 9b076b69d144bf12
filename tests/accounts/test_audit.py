"""The audit log of accounts: whatever somebody did, or was refused, is one line."""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse

from cooperation.register.models import AuditEntry

from .people import PASSWORD, account, code, sign_in, with_app

pytestmark = pytest.mark.django_db


def lines() -> list[tuple]:
    """All lines since the last time: action, object, result, actor."""
    found = list(AuditEntry.objects.order_by("pk").values_list("action", "object", "result", "actor"))
    new = found[lines.seen :]
    lines.seen = len(found)
    return new


@pytest.fixture(autouse=True)
def from_the_start():
    lines.seen = AuditEntry.objects.count()


@pytest.fixture
def boss() -> Client:
    client = Client()
    client.force_login(account("boss", is_staff=True, is_superuser=True))
    return client


def test_signing_in_and_out(client):
    account()
    sign_in(client, password="wrong")
    sign_in(client, "no\x00body", "wrong")
    sign_in(client)
    client.post("/logout/")
    assert lines() == [
        ("sign_in", "", "refused", "reader"),
        ("sign_in", "", "done", "reader"),
        ("sign_out", "", "done", "reader"),
    ]
    assert set(AuditEntry.objects.values_list("origin", flat=True)) == {"127.0.0.1"}


@pytest.mark.slow
def test_what_an_account_may_not(client, boss):
    client.force_login(account())
    assert client.get("/admin/login/").status_code == 403
    assert boss.post("/admin/register/auditentry/add/").status_code == 403
    assert Client(enforce_csrf_checks=True).post("/login/").status_code == 403  # of nobody
    assert lines() == [
        ("access", "/admin/login/", "refused", "reader"),
        ("access", "/admin/register/auditentry/add/", "refused", "boss"),
    ]


def test_a_form_of_another_site(boss):
    boss.handler.enforce_csrf_checks = True
    assert boss.post("/admin/logout/").status_code == 403
    assert lines() == [("access", "/admin/logout/", "refused", "boss")]
    assert AuditEntry.objects.last().details == {"method": "POST", "why": "form of another site"}


def test_a_refusal_that_cannot_be_logged_is_one_all_the_same(client, monkeypatch):
    def fails(**fields):
        raise DatabaseError

    client.force_login(account())
    monkeypatch.setattr(AuditEntry.objects, "create", fails)
    assert client.get("/admin/login/").status_code == 403


def test_a_lock_out(client, limits):
    account()
    for _ in range(6):
        sign_in(client, password="wrong")
    assert lines() == [("sign_in", "", "refused", "reader")] * 5 + [("lock_out", "", "refused", "reader")]


def test_a_name_that_no_account_has_is_not_written_down(client, limits):
    """It may be a password in the wrong field."""
    for _ in range(6):
        sign_in(client, PASSWORD, "wrong")
    assert lines() == [("sign_in", "", "refused", "")] * 5 + [("lock_out", "", "refused", "")]
    assert {line.details["account"] for line in AuditEntry.objects.all()} == {"unknown"}


def test_factors_and_password(client, django_capture_on_commit_callbacks):
    user = account()
    sign_in(client)
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("mfa_activate_totp"), {"code": code(secret)})
    client.post(reverse("mfa_deactivate_totp"))
    new = {"oldpassword": PASSWORD, "password1": "staple-and-tractor-9", "password2": "staple-and-tractor-9"}
    client.post(reverse("account_change_password"), new)
    assert lines()[1:] == [
        ("change_factor", "user reader", "done", "reader"),  # the app
        ("change_factor", "user reader", "done", "reader"),  # its recovery codes
        ("change_factor", "user reader", "done", "reader"),
        ("change_factor", "user reader", "done", "reader"),
        ("change_password", "user reader", "done", "reader"),
    ]
    client.post("/logout/")
    with_app(user)
    sign_in(client, password="staple-and-tractor-9")
    client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert lines()[1:] == [("sign_in", "", "refused", "reader")]
    assert AuditEntry.objects.first().details == {"factor": "totp"}


def test_what_is_done_to_accounts(boss):
    words = {"password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"}
    boss.post(reverse("admin:auth_user_add"), {"username": "new", **words})
    boss.post(reverse("admin:auth_group_add"), {"name": "Editors", "permissions": []})
    new, editors = User.objects.get(username="new"), Group.objects.get()
    page = reverse("admin:auth_user_change", args=[new.pk])
    boss.post(page, {"username": "new", "is_active": "on"})
    boss.post(page, {"username": "new", "is_active": "on", "is_staff": "on", "groups": [editors.pk]})
    may = Permission.objects.get(codename="change_placement")
    boss.post(reverse("admin:auth_group_change", args=[editors.pk]), {"name": "Editors", "permissions": [may.pk]})
    boss.post(reverse("admin:auth_user_password_change", args=[new.pk]), words)
    boss.post(reverse("admin:auth_user_changelist"), {"action": "forget_factors", "_selected_action": [new.pk]})
    boss.post(reverse("admin:auth_user_delete", args=[new.pk]), {"post": "yes"})
    assert [line[:3] for line in lines()] == [
        ("change_account", "user new", "done"),
        ("change_account", "group Editors", "done"),
        ("change_rights", "user new", "done"),
        ("change_rights", "group Editors", "done"),
        ("change_password", "user new", "done"),
        ("change_factor", "user new", "done"),
        ("change_account", "user new", "done"),
    ]
    given = AuditEntry.objects.filter(action="change_rights").earliest("pk")
    assert (given.actor, given.details["groups"], given.details["is_staff"]) == ("boss", ["Editors"], True)


def test_the_password_is_nowhere(client, boss):
    account()
    sign_in(client, password="staple-and-tractor-9")
    sign_in(client)
    written = str([vars(line) for line in AuditEntry.objects.all()])
    assert PASSWORD not in written
    assert "tractor" not in written
