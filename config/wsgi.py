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
# Of the rest the oldest is looked through every two hundred answers or so: records and their facts name each other, so
# that only this frees those of answers that took long. Seldomer, two workers that make every answer hold 60 MiB more.
gc.set_threshold(5_000, 10, 10)
