"""The test suite: like a machine of one person, with a private database and Redis from `script/test`."""

import os

from .dev import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
THROTTLES = {}  # all tests have one address
DEAR_ANSWERS = 1000  # tests that do not read an export to its end leave it open
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False  # tests of guessing switch them on
CELERY_TASK_ALWAYS_EAGER = False
DATABASES["default"]["CONN_MAX_AGE"] = 0
DATABASES.pop("replica", None)
# Processes that test side by side have a database each, and share one Redis.
CACHES["default"]["KEY_PREFIX"] = os.environ.get("PYTEST_XDIST_WORKER", "")
# Tests end no transaction, so the version of the register never rises: those of the cache switch it on themselves.
ANSWER_CACHE = False
MIDDLEWARE.remove("config.middleware.ReadOnly")  # a test writes on the connection that it reads with
# A kind that exists only here shows that the kernel needs nothing changed for a new one.
INSTALLED_APPS = [*INSTALLED_APPS, "tests.kinds"]
ROOT_URLCONF = "tests.kinds.urls"
