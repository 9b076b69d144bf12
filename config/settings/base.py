"""Production settings: the base that `dev` and `test` only loosen.

A value that has no safe default is read without one, so that a missing variable is named at start-up.
"""

import os
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from . import openid_connect
from .broker import broker_url
from .environment import Environment

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = Environment()

# --- who we are ---------------------------------------------------------------------------------------------------
SECRET_KEY = env("SECRET_KEY")
DEBUG = False
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
FORCE_SCRIPT_NAME = env("FORCE_SCRIPT_NAME", default="").rstrip("/")  # /register: the proxy takes it off again

# --- what we are made of -------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "config.accounts.apps.AdministrationConfig",
    "config.accounts",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_filters",
    "django_htmx",
    "pgtrigger",
    "rest_framework",
    "drf_spectacular",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "cooperation.register",
    "cooperation",
    "placements",
    "mous",
]

MIDDLEWARE = [
    "config.operations.access_log.AccessLog",
    "config.operations.limits.ClientDisconnects",
    "config.operations.metrics.Metrics",
    "config.middleware.ApiHeaders",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.Compression",
    "config.middleware.SharedLinks",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.middleware.Language",
    "config.operations.limits.LongAddresses",
    "config.operations.limits.LostBodies",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "config.accounts.sessions.SessionLimits",
    "config.middleware.ReadOnly",
    "config.operations.throttles.Throttles",
    "config.operations.limits.Unavailable",
    "config.operations.limits.DearAnswers",
    "config.classified.Classified",
    "config.middleware.Account",
    "django_htmx.middleware.HtmxMiddleware",
    "cooperation.register.editing.odd_input.OddInput",
    "config.operations.replica.ReadReplica",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
# A page address ends in a slash, and is redirected there; no address of the API does, so there is nothing to redirect.
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["config.templates.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.page",
            ],
        },
    },
]

# --- where things are kept -----------------------------------------------------------------------------------------
DATABASES = {"default": env.db_url("DATABASE_URL")}
if env("DATABASE_REPLICA_URL", default=""):  # a streaming standby, which pages and the API are read from
    DATABASES["replica"] = env.db_url("DATABASE_REPLICA_URL")
    DATABASE_ROUTERS = ["config.operations.replica.Router"]
DATABASE_REPLICA_LAG = env.int("DATABASE_REPLICA_LAG", default=10)  # seconds; one that is further behind is left out
# Seconds that a statement, its wait for a lock, and a transaction without a statement may take, by kind of request:
# `config.middleware.ReadOnly` sets them. Jobs and commands have those that every connection begins with.
DATABASE_LIMITS = {"read": (10, 2, 30), "export": (60, 2, 120), "write": (30, 5, 60)}
DATABASE_LIMITS_OF_JOBS = (3600, 60, 600)
# Statements are put together for each question: compiling one (`jit`) takes longer than it gains. Counts over many
# records stay in memory. A statement whose client has gone is stopped.
_options = {
    "jit": "off",
    "work_mem": "16MB",
    "client_connection_check_interval": "500ms",
    "statement_timeout": f"{DATABASE_LIMITS_OF_JOBS[0]}s",
    "lock_timeout": f"{DATABASE_LIMITS_OF_JOBS[1]}s",
    "idle_in_transaction_session_timeout": f"{DATABASE_LIMITS_OF_JOBS[2]}s",
}
for _database in DATABASES.values():
    _database |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
    _database.setdefault("OPTIONS", {}).setdefault(
        "options", " ".join(f"-c {name}={value}" for name, value in _options.items())
    )
    _database["OPTIONS"].setdefault("connect_timeout", 5)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env("REDIS_URL")
# Requests that are let through: of one address (an office may have but one), and of one account.
THROTTLES = {
    "address": env("THROTTLE_ADDRESS", default="600/minute"),
    "account": env("THROTTLE_ACCOUNT", default="600/minute"),
}
# How many answers that take long may be made at once, by all processes together: for half of the cores, as each keeps
# PostgreSQL busy as well. As many passwords are checked at once. Of the next ones a few wait for two seconds, and the
# others are asked to come back.
DEAR_ANSWERS = env.int("DEAR_ANSWERS", default=max(1, (os.cpu_count() or 1) // 2))
# One that hangs must not hold up an answer for longer than it takes to make it anew.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {
            "socket_connect_timeout": 0.5,
            "socket_timeout": 0.5,
            "serializer": "config.operations.kept_values.PlainValues",
        },
        "VERSION": 2,  # of how values are written: those of earlier releases are not read
    }
}
ANSWER_CACHE = True  # keep answers until the register changes (`history.answer_cache`)

# --- work in the background ----------------------------------------------------------------------------------------
CELERY_BROKER_URL = broker_url(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True  # the task of a worker that was killed is done by another; each may be done twice
CELERY_BEAT_SCHEDULER = "config.operations.schedule.Schedule"
CELERY_TIMEZONE = "Europe/Amsterdam"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULE = {
    # Signs do not queue up while there is no worker (`config.operations.background`).
    "sign-of-life": {"task": "config.sign_of_life", "schedule": 60, "options": {"expires": 50}},
    "check-spans": {"task": "cooperation.register.tasks.check_spans", "schedule": crontab(hour=3, minute=10)},
    "forget-sessions": {"task": "config.accounts.tasks.forget_sessions", "schedule": crontab(hour=3, minute=50)},
    "forget-audit": {"task": "cooperation.register.tasks.forget_audit", "schedule": crontab(hour=3, minute=40)},
}

# --- language and time ---------------------------------------------------------------------------------------------
LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", _("Dutch")), ("en", _("English"))]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Amsterdam"
USE_TZ = True

# --- static files --------------------------------------------------------------------------------------------------
STATIC_URL = f"{FORCE_SCRIPT_NAME}/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = env.path("STATIC_ROOT", default=str(BASE_DIR / ".static"))()
WHITENOISE_ALLOW_ALL_ORIGINS = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- security ------------------------------------------------------------------------------------------------------
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
# The API never redirects from http: it refuses (config.middleware.ApiHeaders), so that a token is not sent twice.
# The pattern is tried on a path without its first slash.
_PATH = f"{FORCE_SCRIPT_NAME.strip('/')}/".lstrip("/")
SECURE_REDIRECT_EXEMPT = [rf"^{_PATH}{path}" for path in (r"api/v1(/|$)", "healthz$", "readyz$")]
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_NAME = "__Host-csrf"
WRITTEN_COOKIE_NAME = "__Host-written"
DEVICE_COOKIE_NAME = "__Host-device"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # no cookie of its own
SILENCED_SYSTEM_CHECKS = env.list("SILENCED_SYSTEM_CHECKS", default=[])  # what the site has looked at and accepts
SECURITY_CONTACT = env("SECURITY_CONTACT", default="")  # who reads reports: an address of mail, or of a page
AUDIT_KEPT_DAYS = env.int("AUDIT_KEPT_DAYS", default=3 * 365)  # lines of the audit log; a job deletes older ones
# The form of an organisation with every country of the world has some thousands of fields.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
FILE_UPLOAD_HANDLERS = []  # no form takes a file, so none is kept
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "config.errors.forbidden"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "style-src": [SELF],
        "img-src": [SELF],
        "script-src": [SELF],
        "connect-src": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}

# --- accounts: docs/accounts.md ------------------------------------------------------------------------------------
LOGIN_URL, LOGIN_REDIRECT_URL, LOGOUT_REDIRECT_URL = "account_login", "views-list", "home"
AUTHENTICATION_BACKENDS = ["config.accounts.backends.FullRights", "config.accounts.backends.SingleFactor"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",  # Argon2id; older hashes are renewed at the next sign-in
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "CommonPasswordValidator", "NumericPasswordValidator")
] + [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "config.accounts.passwords.SiteWordsValidator"},
]
LEAKED_PASSWORDS = env("LEAKED_PASSWORDS", default="")  # a file of their hashes (SHA-1), sorted
if LEAKED_PASSWORDS:
    AUTH_PASSWORD_VALIDATORS.append(
        {"NAME": "config.accounts.passwords.LeakedPasswordValidator", "OPTIONS": {"path": LEAKED_PASSWORDS}}
    )
SESSION_COOKIE_AGE = 12 * 3600  # seconds, from signing in on, whatever is done meanwhile
SESSION_IDLE_AGE = 30 * 60  # seconds without a request, for who may write, or see more than is public
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
GIVEN_PASSWORD_DAYS = env.int("GIVEN_PASSWORD_DAYS", default=7)  # for which one from an administrator is good
SECOND_FACTOR_REQUIRED = True  # for who may write, or see more than is public

ACCOUNT_ADAPTER = "config.accounts.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "config.accounts.forms.SignInForm",
    "reauthenticate": "config.accounts.forms.PasswordAgainForm",
    "change_password": "config.accounts.forms.ChangePasswordForm",  # nosec B105
}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]  # nobody signs up; allauth reads here that there is no mail
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_METHODS = ["password"]
# After 5 failures of one user name it waits 5 minutes, after 10 an hour, after 20 a day; so does its second factor.
ACCOUNT_RATE_LIMITS = {"login_failed": "5/5m/key,10/1h/key,20/1d/key,20/m/ip"}

SOCIALACCOUNT_ADAPTER = "config.accounts.issuer.IssuerAdapter"
OIDC_ISSUER = env("OIDC_ISSUER", default="")  # where accounts come from, as https://id.example.org/realms/police
OIDC_NAME = env("OIDC_NAME", default="OpenID Connect")  # as the button says it
OIDC_USERNAME_CLAIM = env("OIDC_USERNAME_CLAIM", default="sub")
OIDC_ROLES_CLAIM = env("OIDC_ROLES_CLAIM", default="roles")
OIDC_ROLES = env.dict("OIDC_ROLES", default={})  # from a value of that claim to a group
OIDC_CLEARANCE = env.dict("OIDC_CLEARANCE", default={})  # from a value of it to see_internal or see_confidential
OIDC_FACTOR_CLAIM = env("OIDC_FACTOR_CLAIM", default="amr")
OIDC_FACTORS = env.list("OIDC_FACTORS", default=["mfa"])  # its values that vouch for a second factor
SOCIALACCOUNT_PROVIDERS = openid_connect.providers(
    OIDC_ISSUER,
    OIDC_NAME,
    env("OIDC_CLIENT_ID", default=""),
    env("OIDC_CLIENT_SECRET", default=""),
    env.list("OIDC_SCOPE", default=["openid", "profile"]),
)
# A form that leads on to the issuer must be let go there.
_there = urlsplit(env("OIDC_SIGN_IN_URL", default=OIDC_ISSUER))
if OIDC_ISSUER:
    CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"].append(f"{_there.scheme}://{_there.netloc}")

MFA_ADAPTER = "config.accounts.adapters.FactorAdapter"
MFA_FORMS = {
    "authenticate": "config.accounts.forms.SecondFactorForm",
    "activate_totp": "config.accounts.forms.ActivateAppForm",
    "login_webauthn": "config.accounts.forms.SignInWithPasskeyForm",
    "authenticate_webauthn": "config.accounts.forms.SecondFactorPasskeyForm",
    "add_webauthn": "config.accounts.forms.AddPasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True  # `config.accounts.recovery_codes`
MFA_TOTP_TOLERANCE = 1  # a clock may be half a minute off

# --- the API -------------------------------------------------------------------------------------------------------
API_VERSION = "1.0.0"
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],  # stateless: no session reaches the API; tokens come with the integrations
    "DEFAULT_PERMISSION_CLASSES": [],
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "cooperation.register.api.problems.handler",
    "URL_FORMAT_OVERRIDE": None,  # `format` is a key of the contract, not a switch of the framework
}
API_URL = env("API_URL", default=f"{FORCE_SCRIPT_NAME}/api/v1")
SPECTACULAR_SETTINGS = {
    "TITLE": "Register of International Police Cooperation",
    "DESCRIPTION": _(
        "Instruments of international police cooperation on any two days: what was so (validOn), and what could be said"
        " (knownOn). The page /api/docs/ explains the rules."
    ),
    "VERSION": API_VERSION,
    "OAS_VERSION": "3.1.1",
    "CONTACT": {
        "name": "Register of International Police Cooperation",
        "email": env("CONTACT_EMAIL", default="register@example.org"),
        "url": env("CONTACT_URL", default="https://example.org/register"),
    },
    "LICENSE": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
    "SERVERS": [{"url": API_URL}],
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SCHEMA_PATH_PREFIX_TRIM": True,
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": ["cooperation.register.api.openapi_document.complete"],
}

# --- watching ------------------------------------------------------------------------------------------------------
METRICS_ALLOWED = [ip_network(each) for each in env.list("METRICS_ALLOWED", default=[])]  # who may read /metrics
BACKUP_FOLDER = env("BACKUP_FOLDER", default="")  # where backups are kept, to be told when the newest is too old

# --- logs ----------------------------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "config.operations.logs.JsonLine"},
        "line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},  # to be read by a person
    },
    "filters": {"no_fault": {"()": "config.operations.logs.NoFaultOfTheProgram"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": env("LOG_FORMAT", default="json"),
            "filters": ["no_fault"],
        }
    },
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
    "loggers": {
        "audit": {"level": "INFO"},  # whatever LOG_LEVEL says
        "django.request": {"level": "ERROR"},  # else a second line for each answer of 4xx, beside that of `access`
        "waitress.queue": {"level": "ERROR"},  # else a line for each request that waits for a thread
    },
}
