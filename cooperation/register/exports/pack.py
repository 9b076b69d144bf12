"""Evidence pack: one workbook with records, all that happened to them, the sources of that, and the question asked."""

from collections.abc import Callable, Iterator
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from ..display.dates import in_words
from ..lists.beside import place, tells_where
from ..models import Instrument, Milestone, State
from .sheets import Sheet, name_of_sheet, workbook, write_question, write_sources
from .tables import Records
from .xlsx import XlsxBook

MOST_RECORDS = 2_000  # with all that is known of each
Read = Callable[[Instrument], Any]

# Of every record, besides the columns of the list.
RECORD: dict[str, tuple[Any, Read]] = {
    "key": (_("Key"), lambda record: record.key),
    "resource": (_("Part of the register"), lambda record: str(record.concrete_class._meta.verbose_name)),
    "countries": (
        _("Countries, in which role and why"),
        lambda record: [role_in_words(part) for part in record.countries_then],
    ),
    "classification": (_("Classification"), lambda record: record.get_classification_display()),
}
MILESTONE: dict[str, tuple[Any, Callable[[Milestone], Any]]] = {
    "record": (_("Key of the instrument"), lambda made: made.instrument.key),
    "title": (_("Title"), lambda made: made.instrument.title),
    "milestone": (_("Milestone"), lambda made: made.kind_label),
    "state": (_("State"), lambda made: str(State(made.said).label)),
    "date": (_("Date"), lambda made: made.date),
    "words": (_("Date, in words"), lambda made: in_words(made.date)),
    "earliest": (_("First possible day"), lambda made: made.date.earliest),
    "latest": (_("Last possible day"), lambda made: made.date.latest),
    "source": (_("Source"), lambda made: [source.key for source in made.sources]),
    "locator": (_("Place in the source"), lambda made: _places(made)),
    "reference": (_("Reference"), lambda made: made.reference),
    "note": (_("Note"), lambda made: made.note),
    "knownFrom": (_("Known from"), lambda made: made.known_from),
}


def pack_file(table: Records, address: str) -> Iterator[bytes]:
    """The workbook."""

    def write(book: XlsxBook) -> None:
        book.marking = table.marking
        records, milestones = book.sheet(name_of_sheet(table.title)), book.sheet(name_of_sheet(_t("Milestones")))
        own = {name: one for name, one in RECORD.items() if name not in {column.key for column in table.columns}}
        records.write_head([*(_head(table, own)), *table.head])
        milestones.write_head(_head(table, MILESTONE))
        for record in table.of_each(lambda record: record, whole=True):
            _write(table, records, milestones, own, record)
        write_sources(book, table.sources(), table.in_keys)
        write_question(book, table, records.count, address)

    return workbook(XlsxBook, write)


def _write(table: Records, records: Sheet, milestones: Sheet, own: dict, record: Instrument) -> None:
    records.write([*(value(record) for _label, value in own.values()), *table.values(record)])
    table.named.update(citation.source.key for citation in record.known_citations)
    for made in record.known_milestones:
        milestones.write([value(made) for _label, value in MILESTONE.values()])
        table.named.update(source.key for source in made.sources)


def _head(table: Records, columns: dict[str, tuple[Any, Any]]) -> list[str]:
    return [name if table.in_keys else str(label) for name, (label, _value) in columns.items()]


def role_in_words(part) -> str:
    """A country, its role, and why it has that."""
    words = {"country": part.country.name, "role": part.get_role_display(), "reason": part.reason}
    return (_t("%(country)s: %(role)s (%(reason)s)") if part.reason else _t("%(country)s: %(role)s")) % words


def _places(made: Milestone) -> list[str]:
    return [place(citation) for citation in made.instrument.known_citations if tells_where(citation, made)]
