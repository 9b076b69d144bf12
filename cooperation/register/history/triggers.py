"""That every write to the register is counted (`RegisterVersion`), by triggers of the database on all of its tables."""

from collections.abc import Iterator

import pgtrigger
from django.apps import apps
from django.db import models

from ..models import AuditEntry, RegisterVersion, kinds

NOT_WATCHED = (RegisterVersion, AuditEntry)  # the version itself, and what is no part of any answer

# Once for each statement, however many rows it writes. The function is made in the first migration.
NOTE_WRITING = pgtrigger.Trigger(
    name="note_writing",
    level=pgtrigger.Statement,
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete | pgtrigger.Truncate,
    func="PERFORM register_note_writing(); RETURN NULL;",
)


def watch_tables() -> None:
    """Declare the trigger on every model that is watched; `makemigrations` writes it for a new one."""
    NOTE_WRITING.register(*watched_models())


def watched_models() -> Iterator[type[models.Model]]:
    """The models of the kernel, and of every app that has a kind; without `NOT_WATCHED`.

    Declared here and not in each `Meta`, so that a kind cannot forget it. A proxy has no table of its own, except one
    that stands for a many-to-many field (`models.through`).
    """
    labels = {"register", *(kind._meta.app_label for kind in kinds().values())}
    for model in (model for label in sorted(labels) for model in apps.get_app_config(label).get_models()):
        has_table = not model._meta.proxy or model._meta.concrete_model._meta.auto_created
        if has_table and model not in NOT_WATCHED:
            yield model
