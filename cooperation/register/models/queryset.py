"""The QuerySet that all models share, and the one rule of visibility."""

from datetime import date

from django.db import models
from django.db.models import Q

from ..domain.clock import Clock
from ..search.query import Words


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

    def closeness(self, words: Words, clock: Clock) -> models.Expression | None:
        """How well a row fits words, where they are what it is sorted by; None where they are not."""
        return None

    def visible_to(self, user):
        return self

    def on(self, clock: Clock):
        return self

    def with_row_facts(self, clock: Clock):
        return self


class UnclassifiedQuerySet(RegisterQuerySet):
    """What records refer to and has no classification of its own: sources, organisations, themes.

    One is seen while something that the reader may see uses it, or when staff say so (`shown`): so it is neither public
    before a public record uses it, nor because the hidden record that used it is deleted.
    """

    def visible_to(self, user):
        return self if sees_everything(user) else self.filter(Q(shown=True) | self._used_for(user))

    def _used_for(self, user) -> Q:
        """The condition that something which this user may see uses it."""
        raise NotImplementedError
