"""As in production, except that it is asked over plain http.

`ROOT_URLCONF` names the addresses of another face than the register's own, which knows nothing of its pages.
"""

from config.settings.base import *  # noqa: F403
from config.settings.base import CACHES, DATABASES, TEMPLATES, env

ROOT_URLCONF = env("ROOT_URLCONF", default="config.urls")
if ROOT_URLCONF != "config.urls":
    TEMPLATES[0]["OPTIONS"]["context_processors"].remove("config.context.page")
ANSWER_CACHE = env.bool("ANSWER_CACHE", default=True)  # off: each answer is made as after a write
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 0
# What is remembered of one database is not given for another on the same Redis.
CACHES["default"]["KEY_PREFIX"] = DATABASES["default"]["NAME"]
# No file is asked for, so none is collected.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
THROTTLES, DEAR_ANSWERS = {}, 1000  # what is measured is how fast the answers are
