"""Questions to what records refer to: sources, organisations, countries, figures."""

from collections.abc import Iterable
from datetime import date

from django.apps import apps
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from ..domain import references
from ..domain.clock import Clock
from ..domain.text import SHORTEST_MISSPELT, sort_key
from .queryset import RegisterQuerySet, clearance, in_force_on


class SourceQuerySet(RegisterQuerySet):
    def matching(self, words, clock: Clock):
        """Sources whose title contains all these words, or that have them as reference or key."""

        def told(text: str) -> Q:
            name, key = references.spelling(text), text.replace(" ", "-")
            there = Q(sort__contains=sort_key(text)) | Q(reference__icontains=key) | Q(key__contains=key)
            return there | Q(reference__iregex=references.pattern(name)) if name else there

        found = words.over(told)
        if words.whole:
            found |= Q(reference__iregex=references.pattern(words.whole))
        return self.filter(found)

    def visible_to(self, user):
        """Sources of something that this user may see, and those that nothing hidden uses."""
        instruments = apps.get_model("register", "Instrument").objects
        hidden = instruments.exclude(classification__in=clearance(user)).values("pk")
        visible = instruments.visible_to(user).values("pk")
        return self.filter(~self._used_by(hidden) | self._used_by(visible) | self._used_elsewhere())

    @staticmethod
    def _used_by(instruments) -> Q:
        def uses(model: str, condition: Q) -> Exists:
            return Exists(apps.get_model("register", model).objects.filter(condition))

        source = OuterRef("pk")
        mine = Q(instrument__in=instruments)
        return (
            uses("Milestone", mine & Q(source=source))
            | uses("Milestone", mine & Q(also_sources=source))
            | uses("Citation", mine & Q(source=source))
            | uses("Claim", Q(dispute__instrument__in=instruments, source=source))
            | uses("Dispute", mine & Q(follows=source))
            | uses("Commitment", mine & (Q(made_in=source) | Q(fulfilled_by=source)))
            | uses("Figure", mine & (Q(source=source) | Q(also_sources=source)))
        )

    @staticmethod
    def _used_elsewhere() -> Q:
        """Used by what nobody may hide: organisations, and figures that are about no instrument."""
        source = OuterRef("pk")

        def uses(model: str, condition: Q) -> Exists:
            return Exists(apps.get_model("register", model).objects.filter(condition))

        return (
            uses("Citation", Q(source=source, organisation__isnull=False))
            | uses("Claim", Q(source=source, dispute__organisation__isnull=False))
            | uses("Dispute", Q(follows=source, organisation__isnull=False))
            | uses("Figure", (Q(source=source) | Q(also_sources=source)) & Q(instrument__isnull=True))
        )


class NamedQuerySet(RegisterQuerySet):
    """Records with a name in two languages."""

    def matching(self, words, clock: Clock):
        """Names that contain all these words, whatever their case and accents; small typing errors are forgiven."""

        def told(text: str) -> Q:
            word = sort_key(text)
            there = Q(sort_nl__contains=word) | Q(sort_en__contains=word)
            if len(word) >= SHORTEST_MISSPELT:
                there |= Q(sort_nl__trigram_word_similar=word) | Q(sort_en__trigram_word_similar=word)
            return there

        return self.filter(words.over(told))


class OrganisationQuerySet(NamedQuerySet):
    def counting_records(self, clock: Clock, user):
        """Each with the number of `records` in which it takes part on these days, as far as this user may see."""
        model = apps.get_model
        there = model("register", "Instrument").objects.visible_to(user).on(clock).values("pk")
        held = model("register", "OrganisationRole").objects.filter(
            in_force_on(clock.valid_on), organisation=OuterRef("pk"), instrument__in=there
        )
        counted = held.order_by().values("organisation").annotate(number=Count("instrument", distinct=True))
        return self.annotate(records=Coalesce(Subquery(counted.values("number")), 0))

    def with_related(self):
        return self.select_related("country")

    def with_all_facts(self):
        """With everything that the register holds about an organisation."""
        return self.select_related("part_of").prefetch_related(
            "countries__country", "citations__source", "disputes__claims__source", "disputes__follows"
        )


class CountryQuerySet(NamedQuerySet):
    def with_groups(self):
        return self.prefetch_related("groups")

    def members_of(self, groups: Iterable[str], day: date):
        """Countries that belong to one of these groups on a day."""
        memberships = apps.get_model("register", "GroupMembership").objects
        return self.filter(pk__in=memberships.filter(in_force_on(day), group__in=groups).values("country"))


class FigureQuerySet(RegisterQuerySet):
    def visible_to(self, user):
        """Figures about what this user may see."""
        visible = apps.get_model("register", "Instrument").objects.visible_to(user).values("pk")
        return self.filter(Q(instrument__isnull=True) | Q(instrument__in=visible))

    def on(self, clock: Clock):
        there = apps.get_model("register", "Instrument").objects.on(clock).values("pk")
        return self.filter(Q(instrument__isnull=True) | Q(instrument__in=there), known_from__lte=clock.known_on)

    def matching(self, words, clock: Clock):
        return self.filter(words.over(lambda text: Q(label_nl__icontains=text) | Q(label_en__icontains=text)))
