"""An empty list: what else the records say, and which filter, taken away, finds some."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _t

from ..lists.facets import MOST_COUNTED, facets
from ..lists.query import ListQuery
from ..models.connection import read_connection
from ..templatetags.register import at
from .base import CLOCK_KEYS, changed

MOST_TRIED = 8  # filters that are taken away, one at a time
MOST_ANSWERS = 5  # other values of a field that are named


def what_to_try(question: ListQuery, path: str, nouns: tuple[Any, Any]) -> dict[str, Any]:
    """By filter how many records there are without it and what those say instead, and where else to look."""
    asked = list(question.filterset.asked)
    tried = [] if len(asked) < 2 else [[name] for name in asked[:MOST_TRIED]]
    *alone, of_all = _counted(question, [*tried, asked])
    counts = dict(zip(asked, alone, strict=False)) if alone else dict.fromkeys(asked, of_all)
    return {
        "filters": [one for one in _filters(question, counts, nouns) if one["count"]],
        "without_any": _in_words(of_all, nouns) if asked and not any(counts.values()) and of_all else "",
        "elsewhere": list(_elsewhere(question, path)),
    }


def _filters(question: ListQuery, counts: dict[str, int], nouns: tuple[Any, Any]) -> Iterator[dict[str, Any]]:
    filters = question.filterset.filters
    single = {name for name in counts if filters[name].column and not filters[name].exclude}
    answers = facets(question, single) if any(counts.values()) else {}
    for name, label, values in question.filterset.in_words():
        if name in counts:
            yield {
                "label": f"{label}: {', '.join(words for _value, words in values)}",
                "count": counts[name],
                "found": _in_words(counts[name], nouns),
                "url": changed(question.params, **{name: None, "page": None}),
                "answers": list(_answers(question, name, answers.get(name) or {})),
            }


def _answers(question: ListQuery, name: str, counted: dict[str, int]) -> Iterator[dict[str, Any]]:
    """The values that the records have instead, most of them first, each with its list."""
    labels = {str(value): label for value, label in getattr(question.filterset.form.fields[name], "choices", ())}
    most_first = sorted(counted.items(), key=lambda item: -item[1])
    for value, count in [one for one in most_first if one[0] in labels and one[1]][:MOST_ANSWERS]:
        url = changed(question.params, **{name: value, "page": None})
        yield {"label": labels[value], "count": count, "url": url}


def _elsewhere(question: ListQuery, path: str) -> Iterator[dict[str, str]]:
    if question.clock.query:
        yield {"label": _t("the state of today"), "url": path + changed(question.params, **dict.fromkeys(CLOCK_KEYS))}
    everything = reverse("instruments-list")
    if (words := question.params.get("q")) and path != everything:
        address = at(f"{everything}?{urlencode({'q': words})}", question.clock)
        yield {"label": _t("the same words in the whole register"), "url": address}


def _counted(question: ListQuery, without: list[list[str]]) -> list[int]:
    """How many records there are without these keys: one statement, which counts no more than it must."""
    counts, parts, params = [0] * len(without), [], []
    for place, names in enumerate(without):
        other = question.filterset.asking(**dict.fromkeys(names))
        rows = other.filter_queryset(other.queryset.all()).order_by().values("pk")[: MOST_COUNTED + 1]
        try:
            sql, values = rows.query.sql_with_params()
        except EmptyResultSet:
            continue
        parts.append(f"SELECT {place}, count(*) FROM ({sql}) AS found")  # noqa: S608  # nosec B608  (made by Django)
        params += values
    if parts:
        with read_connection().cursor() as cursor:
            cursor.execute(" UNION ALL ".join(parts), params)
            for place, count in cursor.fetchall():
                counts[place] = count
    return counts


def _in_words(count: int, nouns: tuple[Any, Any]) -> str:
    if count > MOST_COUNTED:
        most = number_format(MOST_COUNTED, force_grouping=True)
        return _t("more than %(count)s %(nouns)s") % {"count": most, "nouns": nouns[1]}
    return f"{count} {nouns[0] if count == 1 else nouns[1]}"
