"""Briefing: a whole list to be printed, with why each row is in it, and with its sources."""

from django.template.loader import render_to_string
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _t

from ..display.footnotes import SourceMarks
from ..history.marking import mark_page
from ..lists.column import Column, table_rows
from ..models import Instrument
from ..models.reading import current
from .citation import citation, filters_in_words
from .pack import role_in_words
from .tables import Records

MEDIA_TYPE = "text/html; charset=utf-8"
MOST_RECORDS = 500  # what can still be read on paper


def briefing_page(table: Records, address: str) -> list[str]:
    """The page."""
    question = table.question
    marks, columns = SourceMarks(), question.chosen_columns
    countries = question.filterset.given.get("country")
    if countries and issubclass(question.queryset.model, Instrument):
        columns = [*columns, _why(countries)]
    records = list(table.of_each(lambda record: record))
    asked = [(name, value) for name, values in question.params.lists() for value in values]
    context = {
        "clock_fields": (anew := [(name, value) for name, value in asked if name not in table.days]),
        "today_url": f"?{urlencode(anew)}",
        "list_url": f"?{urlencode([(name, value) for name, value in asked if name != 'format'])}",
        "title": capfirst(str(table.title)),
        "clock": question.clock,
        "filters": [(label, words) for label, words in filters_in_words(question)],
        "count": len(records),
        "noun": question.queryset.model._meta.verbose_name if len(records) == 1 else table.title,
        "columns": [{"key": one.key, "label": one.label, "numeric": one.numeric} for one in columns],
        "rows": table_rows(records, columns, question.clock, marks),
        "marks": marks,
        "marking": {"level": question.classification, "label": table.marking} if table.marking else None,
        "citation": citation(question, len(records), address),
    }
    return [mark_page(render_to_string("register/briefing.html", context), current())]


def _why(countries: list[str]) -> Column:
    """Why a row is there: what the countries that were asked for have to do with it."""

    def reasons(record: Instrument, clock) -> list[str]:
        return [role_in_words(part) for part in record.countries_then if part.country_id in countries]

    return Column("why", _t("Why it is here"), reasons)
