"""One person on one machine, over plain http: what `script/server` uses."""

import os
from pathlib import Path

from script.embedded.addresses import built_in_urls

# The start script makes a key of its own per machine; this one only serves `manage.py` by hand.
os.environ.setdefault("SECRET_KEY", "only-for-a-machine-of-one-person")
os.environ.setdefault("ALLOWED_HOSTS", "*")
os.environ.setdefault("LOG_FORMAT", "line")
# By hand, `manage.py` finds the services that `script/server` started.
for _name, _url in built_in_urls(Path(__file__).resolve().parent.parent.parent).items():
    os.environ.setdefault(_name, _url)

from .base import *  # noqa: E402, F403

SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 0
SESSION_COOKIE_NAME = "session"
CSRF_COOKIE_NAME = "csrf"
WRITTEN_COOKIE_NAME = "written"
DEVICE_COOKIE_NAME = "device"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Files are served straight from `static/`, so that a change shows without a step in between.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True

SECOND_FACTOR_REQUIRED = env.bool("SECOND_FACTOR_REQUIRED", default=True)
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # passkeys on http://localhost:8000/
