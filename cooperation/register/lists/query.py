"""List query: the same query string gives the same rows on page, API, export and statistics.

A `ListQuery` reads every key of an address, names all that is wrong with it at once, and gives the rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.db.models import Count, F, IntegerField, Q
from django.db.models.functions import Cast
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _t

from ..actions.schema import natural_key_name
from ..domain.clock import Clock
from ..models import Instrument, SavedView
from ..models.queryset import RegisterQuerySet
from ..models.reading import note_counted
from .columns import DEFAULT_SORT, MATCH, Column, has_classification, never_null
from .cursor import Sort, after, read_cursor, write_cursor
from .filters import AnyOf, QuestionFilter
from .found import StageCount, find, names_of, sorted_by
from .params import (
    COUNTED_VIEWS,
    EXACT_COUNT_LIMIT,
    EXPORT_FORMATS,
    FORMATS,
    NUMBERED_LIMIT,
    PAGE_SIZE,
    PAGE_SIZE_LIMIT,
    PRESENTATION,
    VIEWS,
    WHOLE_VIEWS,
    WORDS,
    ParamCheck,
    ParamError,
    words_in,
)

# What certainly lies in the days that are asked for comes before what only may.
CERTAIN_FIRST = Sort("_certain", Cast("match_certain", IntegerField()), is_given=True, down=True)


@dataclass(frozen=True)
class Page:
    """Some of the rows: a page by number, or the rows after a cursor."""

    rows: list
    total: int
    exact: bool
    first: int | None = None
    number: int | None = None
    next: dict[str, str | None] | None = None
    previous: dict[str, str | None] | None = None

    @property
    def last(self) -> int | None:
        return self.first and self.first + len(self.rows) - 1


class PageNotFound(Exception):
    """The question is sound, but has no such page."""


@dataclass
class ListQuery:
    """A question to one kind, as it stands in an address; a saved view that `view` names is filled in.

    `faults` names everything that is wrong; while it does, there are no rows.
    """

    queryset: RegisterQuerySet
    filterset_class: type[QuestionFilter]
    columns: Sequence[Column]
    params: QueryDict
    user: Any = None
    default_sort: Sequence[str] = ("title",)
    more_keys: Sequence[str] = ()
    views: Sequence[str] = ()  # how a page can show the rows; none given: whatever `view` says is without effect
    resource: str = ""  # the list that is asked, by its name in addresses; only that one's saved views can be filled in
    has_form: bool = False  # whether the form of the filter is shown, and not only read
    faults: list[ParamError] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.by_key = {column.key: column for column in self.columns}
        self.saved_view = self._named_view()
        if self.saved_view and self.saved_view.resource == self.resource:
            self.params = self._filled_in(self.saved_view)
        rows = self.queryset.visible_to(self.user)
        self.filterset = self.filterset_class(self.params, rows, user=self.user, whole=self.has_form)
        self.params = self.filterset.with_codes()
        self._find_faults()

    def _named_view(self) -> SavedView | None:
        """The saved view that `view` names, as far as this user may see it."""
        names = set(self.params.getlist("view"))
        if len(names) != 1 or names <= {"", *VIEWS}:
            return None
        return SavedView.objects.named(names.pop(), self.user)

    def _filled_in(self, view: SavedView) -> QueryDict:
        """The question of a saved view; what stands beside its name in the address takes the place of its own.

        It is `params` from here on, so that every link, chip and export follows without knowing of saved views.
        """
        asked = view.asked
        for name, values in self.params.lists():
            if name != "view":
                asked.setlist(name, values)
        return asked

    @property
    def key_name(self) -> str:
        """The field that names a record, and decides between equals in any order."""
        return self.queryset.key_name or natural_key_name(self.queryset.model)

    # --- what is asked -----------------------------------------------------------------------------------------------

    @cached_property
    def clock(self) -> Clock:
        return self.filterset.clock

    @cached_property
    def sort(self) -> list[tuple[Column, bool]]:
        """The columns to sort by, each with whether it goes down.

        Nothing said: with words the best match first, else the order of the list; what is read by `cursor` comes by
        key, which never changes.
        """
        keys = self.words("sort") or [key for key in self.default_sort if key.removeprefix("-") in self.by_key]
        in_order = [(self.by_key[key.removeprefix("-")], key.startswith("-")) for key in keys]
        if self.words("sort"):
            return in_order
        words = self.filterset.given.get("q")
        if words and (closeness := self.queryset.closeness(words, self.clock)):
            match = Column(f"match {words}", "", value=lambda record, clock: None, sort=lambda model, clock: closeness)
            return [(match, True), *in_order]
        return [] if self.is_read_on else in_order

    @property
    def is_read_on(self) -> bool:
        """Whether the rows are read by `cursor`, from the beginning when it is empty."""
        return "cursor" in self.params and not self.params.get("page")

    @cached_property
    def chosen_columns(self) -> list[Column]:
        keys = self.words("columns")
        if keys:
            return [self.by_key[key] for key in keys]
        has_days = self.filterset.has_days
        return [column for column in self.columns if column.shown or (has_days and column.key == MATCH.key)]

    @property
    def view(self) -> str:
        """How a page shows the rows; empty where there is no choice."""
        return self.params.get("view") or self.views[0] if self.views else ""

    @property
    def page_size(self) -> int:
        return int(self.params.get("pageSize") or (PAGE_SIZE_LIMIT if self.view in WHOLE_VIEWS else PAGE_SIZE))

    def words(self, key: str) -> list[str]:
        """The words of a key that is repeated, or has commas between its words."""
        return words_in(self.params, key)

    # --- what is wrong -----------------------------------------------------------------------------------------------

    @cached_property
    def check(self) -> ParamCheck:
        """What finds errors in the keys; those it finds are the `faults` of this query."""
        return ParamCheck(self.params, self.faults)

    def _find_faults(self) -> None:
        check, filters = self.check, self.filterset_class.base_filters
        with_many = [*WORDS, *(name for name, one in filters.items() if isinstance(one, AnyOf))]
        check.keys([*filters, *PRESENTATION, *self.more_keys, *(("filters",) if self.has_form else ())], with_many)
        for name, errors in self.filterset.form.errors.as_data().items():
            for error in errors:
                check.error(name, error.code or "invalid", " ".join(error.messages))
        check.words("sort", [key for key, column in self.by_key.items() if column.sort], prefix="-")
        check.words("columns", list(self.by_key))
        check.words("filters", list(filters))
        check.number("page", 1, None)
        check.number("pageSize", 1, PAGE_SIZE_LIMIT)
        check.choice("format", FORMATS)
        check.choice("lang", ("nl", "en"))
        check.choice("headers", ("keys", "labels"))
        check.choice("beside", ("all", "none"))
        check.choice("count", ("exact",))
        if self.saved_view and self.saved_view.resource != self.resource:
            reason = _t("This is a saved view of another list: %s.") % self.saved_view.resource
            check.error("view", "other_list", reason)
        else:
            check.choice("view", self.views or tuple(VIEWS))
        if self.params.get("cursor"):
            if self.params.get("page"):
                check.error("cursor", "exclusive", _t("“cursor” and “page” exclude each other."))
            elif not check.has_error("sort") and self._after is None:
                check.error("cursor", "invalid", _t("This is not a cursor of this list."))

    def check_depth(self) -> None:
        """Find fault with a page too far on: it takes longer the deeper it lies. A cursor goes on where they end."""
        if self.check.has_error("page", "pageSize"):
            return
        if self.view in COUNTED_VIEWS or self.params.get("format") in EXPORT_FORMATS:  # which know no such pages
            return
        if (int(self.params.get("page") or 1) - 1) * self.page_size >= NUMBERED_LIMIT:
            reason = _t("Pages by number end after %d rows; from there “next” goes on with “cursor”.") % NUMBERED_LIMIT
            self.check.error("page", "too_deep", reason)

    # --- the answer --------------------------------------------------------------------------------------------------

    @cached_property
    def selection(self) -> RegisterQuerySet:
        """Every record that the question asks for, in no order."""
        return self.queryset.none() if self.faults else self.filterset.qs

    @property
    def rows(self) -> RegisterQuerySet:
        """Every record that the question asks for, in order. The key decides between equals."""
        order = []
        for one in self.sorts:
            last = None if one.is_given else True  # said only where needed: an index cannot give it
            order.append(F(one.name).desc(nulls_last=last) if one.down else F(one.name).asc(nulls_last=last))
        return sorted_by(self.selection, self.sorts).order_by(*order, self.key_name)

    @cached_property
    def sorts(self) -> list[Sort]:
        """What `sort` says, for the database."""
        sorts = []
        for place, (column, down) in enumerate(self.sort):
            expression = column.sort(self.queryset.model, self.clock)
            is_given = never_null(expression, self.queryset.model)
            sorts.append(Sort(f"_sort_{place}", expression, is_given, down))
        return [CERTAIN_FIRST, *sorts] if self._certain_first else sorts

    @property
    def _certain_first(self) -> bool:
        return bool(self.sort) and self.filterset.certain_first and self.filterset.has_days

    def of_what_stands(self) -> "ListQuery":
        """The same question about what stands, which is what numbers compare; itself where it says stages."""
        if self.faults or self.filterset.says_stages:
            return self
        params = self.params.copy()
        params["standing"] = "true"
        return replace(self, params=params, faults=[], has_form=False)

    @cached_property
    def by_stage(self) -> dict[str, StageCount]:
        """How many instruments there are at each stage, exactly, whatever it takes; in no order."""
        numbers = {"number": Count("pk"), "certain": Count("pk", filter=Q(stage_certain=True))}
        counted = self.selection.order_by().values_list("stage").annotate(**numbers)
        return {stage: StageCount(*numbers) for stage, *numbers in counted}

    @property
    def told(self) -> dict[str, list[dict]]:
        """How words were read, where that is not as they stand: `corrected` and `understood`."""
        words = self.filterset.given.get("q")
        return words.told(self.clock) if words else {}

    @cached_property
    def classification(self) -> str:
        """The highest of all that is found, noted for the marking of the answer. Not asked for who sees what is public.

        What has none of its own is counted and shown by the records that use it: by any that the reader may see.
        """
        model = self.queryset.model
        if has_classification(model):
            return note_counted(self.selection, "" if issubclass(model, Instrument) else "instrument__")
        return note_counted(
            Instrument.objects.none() if model is SavedView else Instrument.objects.visible_to(self.user)
        )

    def total(self) -> int:
        """How many, exactly, whatever it takes."""
        if "by_stage" in self.__dict__:
            return sum(count.number for count in self.by_stage.values())
        return self.selection.count()

    def count(self) -> tuple[int, bool]:
        """How many, and whether that is exact: past ten thousand only when asked for, or when it is known anyhow."""
        if self.params.get("count") == "exact" or "by_stage" in self.__dict__:
            return self.total(), True
        total = self.selection.order_by()[: EXACT_COUNT_LIMIT + 1].count()
        return min(total, EXACT_COUNT_LIMIT), total <= EXACT_COUNT_LIMIT

    @cached_property
    def count_possible(self) -> int:
        """How many may lie in the days that are asked for, and may not."""
        return self.selection.order_by().filter(match_certain=False).count() if self.filterset.has_days else 0

    def page(self, *, whole: bool = False) -> Page:
        """The rows that were asked for: a page, or what follows a cursor. `whole`: with all that is known of them.

        Raises PageNotFound.
        """
        if self.view in COUNTED_VIEWS:
            return Page([], *self.count())
        if self.is_read_on:
            return self._page_after(whole, *self.count())
        number, size = int(self.params.get("page") or 1), self.page_size
        start, end = (number - 1) * size, number * size
        if found := find(self.selection, self.sorts, self.key_name, start, end + 1, EXACT_COUNT_LIMIT):
            rows, total, exact = found.rows, found.total, True
            if found.by_stage is not None:
                self.by_stage = found.by_stage
        else:
            rows = (
                self._rows_by_rank(start, end + 1) if self._begins_with_rank else self._keys(self.rows, start, end + 1)
            )
            total, exact = self.count()
        if not rows and number > 1:
            raise PageNotFound
        if len(rows) <= size:
            following = None
        elif end >= NUMBERED_LIMIT:
            following = {"page": None, "cursor": self._cursor(rows[size - 1]), "sort": self._order_in_words}
        else:
            following = {"page": str(number + 1)}
        return Page(
            self.fetch(rows[:size], whole=whole),
            total,
            exact,
            first=start + 1 if rows else None,
            number=number,
            next=following,
            previous=({"page": str(number - 1) if number > 2 else None}) if number > 1 else None,
        )

    @property
    def names(self) -> list[str]:
        """What is read of each row first, where its place is not asked for (`fetch` reads the rest)."""
        return names_of(self.selection, [], self.key_name)

    def _keys(self, rows, start: int, end: int) -> list[dict[str, Any]]:
        """Which rows these are, with what sorts them."""
        return list(rows.values(*names_of(rows, self.sorts, self.key_name))[start:end])

    @property
    def _begins_with_rank(self) -> bool:
        return bool(self.sort) and self.sort[0][0].key == DEFAULT_SORT[0] and not self.sort[0][1]

    def _rows_by_rank(self, start: int, end: int) -> list[dict[str, Any]]:
        """The rows of a long list, of which what stands comes first: one rank after the other, until there are enough.

        To sort by rank the database would have to read them all; within a rank an index has the rest of the order.
        """
        found: list[dict[str, Any]] = []
        in_order, wanted = self.rows, end - start
        order = in_order.query.order_by[1:]
        for rank in self.queryset.model.objects.in_list_order():
            rows = in_order.filter(rank).order_by(*order)
            here = self._keys(rows, start, start + wanted - len(found))
            found += here
            if len(found) == wanted:
                break
            start = 0 if here or not start else start - rows.order_by().count()
        return found

    def fetch(self, keys: Sequence[dict[str, Any]], *, whole: bool = False) -> list:
        """The rows of these keys (`names_of`), with what is shown of them."""
        certain = {row["pk"]: row.get("match_certain") for row in keys}
        rows = self.selection.fetch_keys(list(certain), self.clock, self.user, whole=whole)
        for row in rows if any(value is not None for value in certain.values()) else ():
            row.match_certain = certain[row.pk]
        return rows

    # --- cursors: the sort values of the last row, so that reading on is as quick as beginning -----------------------

    def _page_after(self, whole: bool, total: int, exact: bool) -> Page:
        rows = self.rows
        if self._after:
            rows = rows.filter(after(*self._after, self.sorts, self.key_name))
        found = self._keys(rows, 0, self.page_size + 1)
        more = len(found) > self.page_size
        found = found[: self.page_size]
        following = {"cursor": self._cursor(found[-1])} if more else None
        return Page(self.fetch(found, whole=whole), total, exact, next=following)

    @cached_property
    def _after(self) -> tuple[list, str] | None:
        """The sort values and the key after which the page begins; None when this is no cursor of this list."""
        return read_cursor(self.params["cursor"], self._order)

    @property
    def _order(self) -> str:
        order = ",".join(f"{'-' if down else ''}{column.key}" for column, down in self.sort)
        first = "certain " if self._certain_first else ""
        return f"{self.queryset.model._meta.label} {first}{order} {get_language()}"

    @property
    def _order_in_words(self) -> str | None:
        """What `sort` says of this order; None where it is the match of words, which no key can say."""
        keys = [f"{'-' if down else ''}{column.key}" for column, down in self.sort]
        return ",".join(keys) if all(column.key in self.by_key for column, _down in self.sort) else None

    def _cursor(self, row: dict[str, Any]) -> str:
        return write_cursor(self._order, [row[one.value] for one in self.sorts], row[self.key_name])
