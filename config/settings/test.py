"""The test suite: like a machine of one person, with a private database and Redis from `script/test`."""

from .dev import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_TASK_ALWAYS_EAGER = False
DATABASES["default"]["CONN_MAX_AGE"] = 0
# A kind that exists only here shows that the kernel needs nothing changed for a new one.
INSTALLED_APPS = [*INSTALLED_APPS, "tests.kinds"]
ROOT_URLCONF = "tests.kinds.urls"
