"""Reading never writes: every address answers in a transaction that cannot write, and production sees to it."""

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser, User
from django.db import DEFAULT_DB_ALIAS, InternalError, connection, connections, transaction
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from config import middleware
from config.accounts import sessions
from config.middleware import ReadOnly
from cooperation.register.api.openapi_document import document
from cooperation.register.domain.clock import Clock
from cooperation.register.exports import EVERY_EXPORT, api_formats
from cooperation.register.history import audit
from cooperation.register.models import Figure, Instrument, SavedView, kinds
from tests.browser.pages import FAULTY, PAGES
from tests.contracts.outlets import text_of
from tests.kinds.urls import KINDS

VIEW = "test-view-00000000"
KEYS = {
    "countries": "AL",
    "organisations": "politie",
    "sources": "brief-2021-12-02",
    "themes": "drugs",
    "instruments": "prum-ii-verordening",
    "milestones": "prum-ii-verordening.proposed",
    "commitments": "prum-ii-verordening.1",
    "views": VIEW,
}


@pytest.fixture
def view(db) -> SavedView:
    return SavedView.objects.create(key=VIEW, name="Test", resource="placements", shared=True)


@pytest.fixture
def only_read(view):
    """From here on this transaction cannot write, until the test ends it."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL transaction_read_only = on")
        yield
        transaction.set_rollback(True)


def refused(client, addresses: dict[str, int]) -> list[str]:
    """The addresses that do not have this status; one that writes raises the error of the database."""
    found = []
    for address, status in addresses.items():
        answer = client.get(address)
        text_of(answer)
        if answer.status_code != status:
            found.append(f"{address}: {answer.status_code}")
    return found


def of_pages() -> dict[str, int]:
    pages = {path: FAULTY.get(name, 200) for name, path in PAGES.items()}
    return pages | {f"/views/{VIEW}/": 200, "/healthz": 200, "/readyz": 200}


def of_lists() -> dict[str, int]:
    """Every list in each of its views and formats."""
    found = {}
    for kind in KINDS:
        path = reverse(f"{kind.resource}-list")
        found |= {f"{path}?pageSize=5&view={view}": 200 for view in kind.list_page.views}
        found |= {f"{path}?pageSize=5&format={name}": 200 for name in EVERY_EXPORT}
    return found


def of_api() -> dict[str, int]:
    """Every path of the document, with its blanks filled in."""
    of_kinds = {name: kind.objects.on(Clock.on()).order_by("key")[0].key for name, kind in kinds().items()}
    keys = {**of_kinds, **KEYS, "figures": Figure.objects.all()[0].key}
    found = {f"/api/v1/placements?format={name}": 200 for name in api_formats(kinds()["placements"])}
    for path in document("en")["paths"]:
        resource = path.strip("/").split("/")[0]
        query = "?groupBy=kind" if resource == "statistics" else ""
        found[f"/api/v1{path.partition('{')[0]}{keys[resource] if '{' in path else ''}{query}"] = 200
    return {**found, "/api/v1/openapi.json": 200, "/api/v1/placements/no-such-record": 404}


def of_admin(boss: User) -> dict[str, int]:
    """Every page that a superuser may open there, of one record of each model. What is refused is logged: left out."""
    request = RequestFactory().get("/")
    request.user = boss
    found = {reverse("admin:index"): 200}
    for model, of_model in admin.site._registry.items():
        name, record = f"admin:{model._meta.app_label}_{model._meta.model_name}", model.objects.first()
        found[reverse(f"{name}_changelist")] = 200
        if of_model.has_add_permission(request):
            found[reverse(f"{name}_add")] = 200
        if record:
            found[reverse(f"{name}_history", args=[record.pk])] = 200
            # In the list of all kinds a record leads to the form of its own kind.
            found[reverse(f"{name}_change", args=[record.pk])] = 302 if model is Instrument else 200
    return found


def of_account(user: User) -> dict[str, int]:
    """The pages of who is signed in, with a second factor; to sign in again leads on."""
    RecoveryCodes.activate(user).mark_as_viewed()  # as the page does that makes them
    TOTP.activate(user, generate_totp_secret())
    pages = ("mfa_index", "account_change_password", "usersessions_list")
    again = ("mfa_add_webauthn", "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes")
    found = {reverse(name): 200 for name in pages} | {reverse(name): 302 for name in again}
    return found | {reverse("account_reauthenticate"): 200, PAGES["signing in"]: 302}


@pytest.mark.slow
@pytest.mark.parametrize("addresses", [of_pages, of_lists, of_api])
def test_an_address_answers_where_nothing_can_be_written(client, only_read, addresses):
    assert refused(client, addresses()) == []


@pytest.mark.slow
def test_so_it_does_for_who_is_signed_in(client, view, monkeypatch):
    monkeypatch.setattr(sessions, "SEEN_EVERY", 3600)  # this may take more than a minute, in one session
    boss = User.objects.create_superuser("boss", password="correct-horse-battery")
    client.force_login(boss)
    some = ("home", "placements", "placement, active", "saved views")  # what is read is that of everybody
    addresses = {PAGES[name]: 200 for name in some} | of_admin(boss) | of_account(boss)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL transaction_read_only = on")
        assert refused(client, addresses) == []
        transaction.set_rollback(True)


class TestReadOnly:
    """The middleware that makes the database refuse, on a connection of its own: the tests write on theirs."""

    WRITE = "UPDATE django_session SET session_data = '' WHERE false"

    @pytest.fixture
    def own(self, db):
        of_tests = connections[DEFAULT_DB_ALIAS]
        connections[DEFAULT_DB_ALIAS] = own = of_tests.copy()
        yield own
        connections[DEFAULT_DB_ALIAS] = of_tests
        own.close()

    @pytest.fixture
    def ask(self, own):
        def ask(method: str, statement: str = self.WRITE, user=None, atomic: bool = False) -> None:
            request = RequestFactory().generic(method, "/")
            request.user = AnonymousUser() if user is None else user
            if user is not None:
                request.COOKIES[middleware.settings.SESSION_COOKIE_NAME] = "x"

            def view(request) -> HttpResponse:
                with own.cursor() as cursor:
                    cursor.execute(statement)
                return HttpResponse()

            def in_transaction(request) -> HttpResponse:
                own.set_autocommit(False)
                try:
                    return view(request)
                finally:
                    own.rollback()
                    own.set_autocommit(True)

            ReadOnly(in_transaction if atomic else view)(request)

        return ask

    @pytest.mark.parametrize("user", [None, User(username="reader")])
    @pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
    def test_reading_cannot_write(self, ask, method, user):
        for _again in range(2):
            with pytest.raises(InternalError, match="read-only"):
                ask(method, user=user)
            ask(method, "SELECT 1", user=user)

    @pytest.mark.parametrize("atomic", [False, True])
    def test_what_is_sent_can_be_written_also_after_reading(self, ask, atomic):
        for _again in range(2):
            ask("GET", "SELECT 1")
            ask("POST", atomic=atomic)
            ask("POST", atomic=atomic)

    def test_who_is_signed_in_is_looked_up_where_it_can_be_written(self, ask, own):
        """A session that does not hold any more is deleted by the look."""

        def look() -> User:
            with own.cursor() as cursor:
                cursor.execute(self.WRITE)
            return User(username="reader")

        ask("GET", "SELECT 1")
        ask("GET", "SELECT 1", user=SimpleLazyObject(look))

    def test_only_a_line_of_the_audit_log_can_be_written_while_reading(self, ask, own):
        """And not what comes after it."""
        user = User(username="reader")

        def log_and_go_on(request) -> HttpResponse:
            with own.cursor() as cursor:
                cursor.execute("SELECT 1")
                with audit.writing():
                    cursor.execute(self.WRITE)
                with pytest.raises(InternalError, match="read-only"):
                    cursor.execute(self.WRITE)
            return HttpResponse()

        request = RequestFactory().get("/")
        request.user = user
        request.COOKIES[middleware.settings.SESSION_COOKIE_NAME] = "x"
        assert ReadOnly(log_and_go_on)(request).status_code == 200

    def test_after_reading_with_a_session_the_session_can_be_written(self, ask, own):
        ask("GET", "SELECT 1", user=User(username="reader"))
        with own.cursor() as cursor:
            cursor.execute(self.WRITE)

    @pytest.mark.parametrize(
        ("method", "address", "longest"), [("GET", "/", "10s"), ("GET", "/?format=csv", "1min"), ("POST", "/", "30s")]
    )
    def test_each_kind_of_request_has_its_limit_of_time(self, own, method, address, longest):
        def view(request) -> HttpResponse:
            with own.cursor() as cursor:
                cursor.execute("SHOW statement_timeout")
                return HttpResponse(cursor.fetchone()[0])

        request = RequestFactory().generic(method, address)
        request.user = AnonymousUser()
        assert ReadOnly(view)(request).content.decode() == longest
