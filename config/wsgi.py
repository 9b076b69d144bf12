"""The application that web servers serve (`config.operations.server`)."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from .operations import patience

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")
application = get_wsgi_application()
patience.install()

# Garbage collection: to look through all that is loaded takes 100 ms in the middle of a request, every few requests.
# What is loaded now stays, and is left out.
get_resolver().url_patterns  # noqa: B018  loads the views
gc.collect()
gc.freeze()
gc.set_threshold(5_000, 10, 100)
