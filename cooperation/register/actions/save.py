"""One change of the register: a record with all that follows from it, in one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.models import Model
from django.utils import timezone

from ..models import Country, Instrument, Organisation, Source, Theme
from .derive import _with_followers, derive
from .lock import write_lock

# Where the search for words takes those of an instrument from, besides the record itself.
_WORDS_FROM = {
    Country: ("countries__country",),
    Organisation: ("organisations__organisation",),
    Theme: ("themes",),
    Source: (
        *("milestones__source", "milestones__also_sources", "citations__source", "disputes__claims__source"),
        *("commitments__made_in", "commitments__fulfilled_by"),
    ),
}


@contextmanager
def writing(record: Model) -> Iterator[None]:
    """One change of the register: what is written inside comes with all that follows from it, or not at all.

    `record` is what is written or deleted, with whatever hangs on it.
    """
    with write_lock():
        touched, named = _followed_by(record), _naming(record)
        yield
        derive(touched | _followed_by(record), named | _naming(record))
        Instrument.objects.filter(pk=getattr(record, "instrument_id", None)).update(updated_at=timezone.now())
        connection.check_constraints()  # what would only be refused at the end of the transaction is refused here


def _followed_by(record: Model) -> set[int]:
    """An instrument, or the one that a record hangs on, and those whose stage or end follows from it now."""
    own = record.pk if isinstance(record, Instrument) else getattr(record, "instrument_id", None)
    return _with_followers({own} - {None})


def _naming(record: Model) -> set[int]:
    """The instruments that are found by words from this record of reference."""
    paths = _WORDS_FROM.get(type(record), ())
    if record.pk is None:
        return set()
    return {pk for path in paths for pk in Instrument.objects.filter(**{path: record.pk}).values_list("pk", flat=True)}
