"""The audit log: lines that nobody changes, kept for their time, read by who may."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser, Permission, User
from django.db import DatabaseError, connection, transaction
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from config.operations.logs import JsonLine
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
    for days in (0, 29, 31, 40):
        AuditEntry.objects.create(action=AuditAction.READ, at=timezone.now() - timedelta(days=days), object=f"{days}")
    audit.make_forget("default")
    assert tasks.forget_audit() == 2
    assert sorted(AuditEntry.objects.values_list("object", flat=True)) == ["0", "29"]


def test_no_more_than_the_oldest_month_is_deleted_at_a_time():
    """The clock runs years ahead: every line seems to have been kept long enough."""
    for days in (2000, 1999, 1968, 1200):
        AuditEntry.objects.create(action=AuditAction.READ, at=timezone.now() - timedelta(days=days), object=f"{days}")
    audit.make_forget("default")
    assert tasks.forget_audit() == 2
    assert sorted(AuditEntry.objects.values_list("object", flat=True)) == ["1200", "1968"]


class TestTheRoleThatServes:
    """It owns nothing. That it may change rows of every table does not hold for this one."""

    @pytest.fixture
    def as_application(self):
        for days in (0, 31, 4000):
            AuditEntry.objects.create(action=AuditAction.READ, at=timezone.now() - timedelta(days=days))
        audit.make_forget("default")
        role = f"test_{uuid4().hex}"
        with connection.cursor() as cursor:
            cursor.execute(
                f"CREATE ROLE {role}; GRANT SELECT, INSERT, UPDATE, DELETE ON register_auditentry TO {role};"
                f" SET LOCAL ROLE {role}"
            )

    @pytest.mark.sql
    @pytest.mark.parametrize(
        "before",
        [
            "",
            "SET LOCAL register.audit_kept_since = 'infinity';",
            "CREATE TEMP TABLE pg_class AS SELECT oid, current_user::regrole::oid AS relowner FROM pg_catalog.pg_class;"
            " SET LOCAL search_path = pg_temp, pg_catalog, public;"
            " SET LOCAL register.audit_kept_since = 'infinity';",
        ],
    )
    def test_it_deletes_no_line_itself(self, as_application, before):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"{before} DELETE FROM public.register_auditentry WHERE at < now() - interval '31 days'")
        assert AuditEntry.objects.count() == 3

    @pytest.mark.sql
    def test_it_has_those_deleted_that_were_kept_long_enough_and_no_others(self, as_application):
        assert tasks.forget_audit() == 1
        assert AuditEntry.objects.count() == 2

    def test_it_does_not_say_how_long_that_is(self, as_application, settings):
        settings.AUDIT_KEPT_DAYS = 30
        audit.make_forget("default")
        assert tasks.forget_audit() == 1


def test_a_line_goes_to_the_process_log_without_words(request_of_reader, caplog, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        line = audit.log(AuditAction.EXPORT, "placements", request=request_of_reader, question="q=a-word", rows=3)
    (record,) = (one for one in caplog.records if one.name == "audit")
    assert record.fields == {
        "action": "export",
        "object": "placements",
        "result": "done",
        "actor": "reader",
        "origin": "2001:db8::1",
        "entry": line.pk,
        "details": {"rows": 3},
    }
    assert "a-word" not in JsonLine().format(record)


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
        assert AuditEntry.objects.get(action="export").actor == "a-reader"
        assert AuditEntry.objects.filter(action="access", result="refused").count() == 3

    @pytest.mark.parametrize(("right", "status"), [("change_theme", 403), ("view_auditentry", 200)])
    def test_it_is_for_who_has_the_right(self, client, line, right, status):
        editor = User.objects.create_user("editor", is_staff=True)
        editor.user_permissions.add(Permission.objects.get(codename=right))
        client.force_login(editor)
        assert client.get(reverse(self.LIST), secure=True).status_code == status
