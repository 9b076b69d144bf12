"""The QuerySet that all models share, and the one rule of visibility."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from typing import Any

from django.db import models
from django.db.models import CharField, Exists, Expression, OuterRef, Q, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Concat

from ..domain.clock import Clock
from ..domain.text import SHORTEST_MISSPELT, in_reader_language, sort_key


def clearance(user) -> list[str]:
    """The classifications that a user may see: the one rule of visibility, for every outlet."""
    levels = ["public"]
    if user is not None and user.has_perm("register.see_internal"):
        levels.append("internal")
    if user is not None and user.has_perm("register.see_confidential"):
        levels += ["internal", "confidential"]
    return levels


def sees_everything(user) -> bool:
    """Whether nothing is hidden from a user."""
    return "confidential" in clearance(user)


@dataclass(frozen=True)
class Reader:
    """Someone who may see these classifications: what SQL that is compiled once is compiled for."""

    levels: tuple[str, ...]

    @classmethod
    def of(cls, user) -> "Reader":
        return cls(tuple(clearance(user)))

    def has_perm(self, name: str) -> bool:
        return name.removeprefix("register.see_") in self.levels


def visible(user, of: str = "") -> Q:
    """The condition that a user may see an instrument. `of`: the way to it from what is asked, as `instrument__`."""
    return Q(**{f"{of}classification__in": clearance(user)})


def there_on(clock: Clock, of: str = "") -> Q:
    """The condition that an instrument is there on these two days: one of its stage spans holds them."""
    return Q(**{f"{of}spans__valid__contains": clock.valid_on, f"{of}spans__known__contains": clock.known_on})


def full_key(own: Expression) -> Concat:
    """The key of what hangs on a record: that of the record, a dot, and its own within the record."""
    return Concat("instrument__key", Value("."), own, output_field=CharField())


def in_force_on(day: date, of: str = "") -> Q:
    """Roles and memberships that may hold on a day: a side that is not known is open.

    `of`: the way to them from what is asked, as `country__groups__`.
    """

    def either(side: str, *conditions: tuple[str, object]) -> Q:
        return Q(*((f"{of}{side}_days__{lookup}", value) for lookup, value in conditions), _connector=Q.OR)

    begun = either("since", ("isnull", True), ("startswith__lte", day), ("lower_inf", True))
    return begun & either("until", ("isnull", True), ("endswith__gt", day), ("upper_inf", True))


class RegisterQuerySet(models.QuerySet):
    """What every list can be asked. Countries are public and today's; what else there is says more."""

    key_name = ""  # the field that names a row in an address, where that is not its own key

    def closeness(self, words, clock: Clock) -> Expression | None:
        """How well a row fits words, where they are what it is sorted by; None where they are not."""
        return None

    def visible_to(self, user):
        return self

    def on(self, clock: Clock):
        return self

    def with_related(self):
        """With what a line about each row shows."""
        return self

    def fetch_keys(self, keys: Sequence, clock: Clock, user, *, whole: bool = False, together=None) -> list:
        """The rows of these primary keys, in their order, with what a list shows of them, or (`whole`) with all.

        `together`: the `Batch` in which rows of several lists are read, where their sources are read in one go.
        """
        found = {row.pk: row for row in self.filter(pk__in=keys).with_related()}
        return [found[key] for key in keys if key in found]

    def fetch(self, clock: Clock, user, *, whole: bool = False, together=None) -> list:
        """These rows in their order, with what a list shows of them, or (`whole`) with all."""
        return list(self.with_related())


class NamedQuerySet(RegisterQuerySet):
    """Records with a name in two languages."""

    def matching(self, words, clock: Clock):
        """Names that contain all these words, whatever their case and accents; one that no name has, with an error."""
        return self.filter(words.over(self._named, partial(self._nearly_named, words)))

    def named(self, words):
        """Names that contain all these words."""
        return self.filter(words.over(self._named))

    @staticmethod
    def _named(text: str) -> Q:
        word = sort_key(text)
        return Q(sort_nl__contains=word) | Q(sort_en__contains=word)

    def _nearly_named(self, words, text: str) -> Q | None:
        word = sort_key(text)
        if len(word) < SHORTEST_MISSPELT or self.filter(self._named(text)).exists():
            return None
        near = Q(sort_nl__trigram_word_similar=word) | Q(sort_en__trigram_word_similar=word)
        if names := [record.name for record in self.filter(near).order_by(in_reader_language("sort"))]:
            words.show_instead(text, names)
        return near


class UnclassifiedQuerySet(RegisterQuerySet):
    """What records refer to and has no classification of its own: sources, organisations, themes.

    One is seen while something that the reader may see uses it, or when staff say so (`shown`): so it is neither public
    before a public record uses it, nor because the hidden record that used it is deleted.
    """

    def visible_to(self, user):
        if sees_everything(user):
            return self
        return self.filter(pk__in=RawSQL(*_seen_by(self.model, Reader.of(user))))  # noqa: S611  # nosec B611  (SQL that Django made)

    def counted_on(self, clock: Clock, user):
        """Those that a list counts on a past clock: where something known then uses one that this user may see.

        The page of one is not asked this: what refers to it on a past clock is today's (`domain.md`, rule 8).
        """
        raise NotImplementedError

    def uses(self, user) -> Iterator[Q]:
        """For each way in which something may use it: the condition that this user may see that."""
        raise NotImplementedError


@lru_cache
def _seen_by(model: type[models.Model], reader: Reader) -> tuple[str, tuple[Any, ...]]:
    """SQL for the primary keys that a reader may see, which Django compiles once: it asks many tables."""
    seen = Q(shown=True)
    for use in model.objects.uses(reader):
        seen |= Q(Exists(model.objects.filter(use, pk=OuterRef("pk"))))
    return model.objects.filter(seen).order_by().values("pk").query.sql_with_params()
