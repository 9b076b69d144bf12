"""The wiring: the one place that knows every app."""

from .celery import app as celery_app

__all__ = ["celery_app"]
