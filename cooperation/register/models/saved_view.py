"""SavedView: a question to a list, with how it is shown, under a name."""

import re
import secrets
import string
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.http import QueryDict
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from ..domain.addresses import address_of
from ..domain.clock import Clock
from ..domain.text import fold, sort_key
from .fields import KEY, KeyField, SortKeyField, Text
from .queryset import RegisterQuerySet

LONGEST_QUERY = 3000  # characters: with its address in front, what web servers still read
SUFFIX = 8  # characters that chance adds to a key


def make_key(name: str) -> str:
    """A key from a name. What chance adds keeps it from being guessed, so that it tells nothing of private views."""
    words = "-".join(re.findall(r"[a-z0-9]+", fold(name)))[:60].strip("-") or "view"
    chance = "".join(secrets.choice(string.ascii_lowercase + string.digits) for _place in range(SUFFIX))
    return f"{words}-{chance}"


def keep_what_is_shared(collector, field, views, using) -> None:
    """When an account goes, its private views go with it; what it shared stays, and belongs to nobody."""
    models.CASCADE(collector, field, views.filter(shared=False), using)
    models.SET_NULL(collector, field, views.filter(shared=True), using)


# What migrations write instead, so that they import no code of ours.
keep_what_is_shared.deconstruct = lambda: ("django.db.models.SET", (None,), {})


class SavedViewQuerySet(RegisterQuerySet):
    def visible_to(self, user):
        """What is shared, and one's own. A private view of someone else is as unknown as one that never was."""
        known = user is not None and user.is_authenticated and user.is_active
        return self.filter(Q(shared=True) | Q(owner=user.pk) if known else Q(shared=True))

    def named(self, key: str, user) -> "SavedView | None":
        """The view of this key, where this user may see it."""
        return self.visible_to(user).filter(key=key).first() if re.fullmatch(KEY, key) else None

    def matching(self, words, clock: Clock):
        """Views whose name has all these words."""
        return self.filter(words.over(lambda text: Q(sort__contains=sort_key(text))))


class SavedView(models.Model):
    """A filter, columns, order, way of showing and clock of one list, as a query string without its `?`.

    With days in it the answer stays that of these days; without, it follows today.
    """

    key = KeyField(unique=True, verbose_name=_("key"), editable=False)
    name = Text(_("name"), max_length=200)
    sort = SortKeyField("name")
    resource = models.CharField(_("list"), max_length=40, editable=False)
    query = models.CharField(_("question"), max_length=LONGEST_QUERY, blank=True, editable=False)
    shared = models.BooleanField(_("shared"), default=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, keep_what_is_shared, null=True, related_name="saved_views", editable=False
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["sort", "key"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(name=""),
                name="saved_view_has_a_name",
                violation_error_message=_("Give the view a name."),
            ),
            models.CheckConstraint(
                condition=Q(shared=True) | Q(owner__isnull=False),
                name="saved_view_private_to_someone",
                violation_error_message=_("A view that belongs to nobody is shared."),
            ),
            models.CheckConstraint(
                condition=Q(key__regex=rf"-[a-z0-9]{{{SUFFIX}}}$"),
                name="saved_view_key_cannot_be_guessed",
                violation_error_message=_("The key of a saved view ends in a hyphen and eight characters."),
            ),
        ]

    def __str__(self) -> str:
        """Wherever records are listed (accounts that are deleted, say) the name of a private one stays unsaid."""
        return self.name if self.shared else _t("private view")

    def save(self, *args, **kwargs):
        self.key = self.key or make_key(self.name)
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return address_of("saved-view", self.key)

    @property
    def asked(self) -> QueryDict:
        """The question as what can be read and changed."""
        return QueryDict(self.query, mutable=True)

    @property
    def days(self) -> list[date]:
        """The days that it keeps, of both clocks; none: it follows today."""
        asked = self.asked
        kept = [parse_date(asked.get(name, "")) for name in ("validOn", "knownOn")]
        return [day for day in kept if day]
