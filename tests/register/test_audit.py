"""The audit log: lines that nobody changes, kept for their time, read by who may."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser, Permission, User
from django.db import DatabaseError, connection, transaction
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from cooperation.register import tasks
from cooperation.register.history import audit
from cooperation.register.models import AuditAction, AuditEntry, AuditResult, RegisterVersion
from tests.contracts.outlets import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_of_reader(rf: RequestFactory):
    request = rf.get("/", REMOTE_ADDR="2001:db8::1")
    request.user = User(username="reader")
    return request


def test_a_line_says_who_did_what_from_where(request_of_reader):
    audit.log(AuditAction.READ, "placements/a-post", request=request_of_reader, classification="internal")
    line = AuditEntry.objects.get()
    assert (line.actor, line.origin, line.object) == ("reader", "2001:db8::1", "placements/a-post")
    assert (line.action, line.result, line.details) == ("read", "done", {"classification": "internal"})
    assert timezone.now() - line.at < timedelta(minutes=1)


def test_a_line_of_nobody_and_of_what_was_typed(rf):
    """A name that was tried is cut to its column, and cannot break the line."""
    request = rf.get("/")
    request.user = AnonymousUser()
    tried = "a\x00\n" + "b" * 500
    audit.log(AuditAction.SIGN_IN, "account", request=request, actor=tried, result=AuditResult.REFUSED)
    assert AuditEntry.objects.get().actor == "a" + "b" * 149


@pytest.mark.sql
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE register_auditentry SET actor = 'another'",
        "DELETE FROM register_auditentry",
        "TRUNCATE register_auditentry",
        "SET LOCAL register.audit_kept_since = '2000-01-01'; DELETE FROM register_auditentry",
        "SET LOCAL register.audit_kept_since = 'infinity'; DELETE FROM register_auditentry",
        "SET LOCAL pgtrigger.ignore = '{audit_append_only}'; DELETE FROM register_auditentry",
    ],
)
def test_a_line_cannot_be_changed(statement):
    audit.log(AuditAction.READ, "placements/a-post")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEntry.objects.count() == 1


def test_lines_are_deleted_when_they_were_kept_long_enough(settings):
    settings.AUDIT_KEPT_DAYS = 30
    for days in (0, 29, 31, 400):
        AuditEntry.objects.create(action=AuditAction.READ, at=timezone.now() - timedelta(days=days), object=f"{days}")
    with transaction.atomic():
        assert tasks.forget_audit() == 2
    assert sorted(AuditEntry.objects.values_list("object", flat=True)) == ["0", "29"]


def test_a_line_makes_no_answer_stale():
    before = RegisterVersion.now()
    audit.log(AuditAction.READ, "placements/a-post")
    connection.check_constraints()  # as at the end of a transaction
    assert RegisterVersion.now() == before


class TestInTheAdministration:
    LIST = "admin:register_auditentry_changelist"

    @pytest.fixture
    def line(self):
        return audit.log(AuditAction.EXPORT, "placements", actor="a-reader", rows=3)

    def test_it_is_read_and_not_changed(self, admin_client, line):
        page = reverse("admin:register_auditentry_change", args=[line.pk])
        assert "a-reader" in text_of(admin_client.get(reverse(self.LIST), secure=True))
        shown = admin_client.get(page, secure=True)
        assert "a-reader" in text_of(shown)
        assert "_save" not in text_of(shown)
        assert admin_client.post(page, {"actor": "another"}, secure=True).status_code == 403
        assert admin_client.get(reverse("admin:register_auditentry_add"), secure=True).status_code == 403
        delete = reverse("admin:register_auditentry_delete", args=[line.pk])
        assert admin_client.post(delete, {"post": "yes"}, secure=True).status_code == 403
        assert AuditEntry.objects.get().actor == "a-reader"

    @pytest.mark.parametrize(("right", "status"), [("change_theme", 403), ("view_auditentry", 200)])
    def test_it_is_for_who_has_the_right(self, client, line, right, status):
        editor = User.objects.create_user("editor", is_staff=True)
        editor.user_permissions.add(Permission.objects.get(codename=right))
        client.force_login(editor)
        assert client.get(reverse(self.LIST), secure=True).status_code == status
