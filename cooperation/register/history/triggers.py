"""That every write to the register is counted (`RegisterVersion`), by triggers of the database on all of its tables."""

from django.apps import apps
from django.db import connections

TRIGGER = """
CREATE OR REPLACE TRIGGER register_note_writing AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION register_note_writing()
"""


def watch_tables(using: str, **kwargs) -> None:
    """Set the trigger on every table of the register and of its kinds, after a migration."""
    connection = connections[using]
    existing = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regproc('register_note_writing') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return  # on the way to or from the migration that brings it
        for table in sorted(watched_tables() & existing):
            cursor.execute(TRIGGER.format(table=connection.ops.quote_name(table)))


def watched_tables() -> set[str]:
    """The tables of the kernel, and of every app that has a kind; without that of the version itself."""
    from ..models import RegisterVersion, kinds

    labels = {"register", *(kind._meta.app_label for kind in kinds().values())}
    models = [model for label in labels for model in apps.get_app_config(label).get_models(include_auto_created=True)]
    return {model._meta.db_table for model in models if model is not RegisterVersion}
