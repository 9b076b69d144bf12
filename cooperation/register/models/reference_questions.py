"""Questions to what records refer to: sources, organisations, countries, figures."""

from collections.abc import Iterable
from datetime import date

from django.apps import apps
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce

from ..domain import references
from ..domain.clock import Clock
from ..domain.text import SHORTEST_MISSPELT, sort_key
from .queryset import RegisterQuerySet, UnclassifiedQuerySet, in_force_on


class SourceQuerySet(UnclassifiedQuerySet):
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

    def _used_for(self, user) -> Q:
        """Used by an instrument, or by what is said of an organisation, or by a figure."""
        model, source = apps.get_model, OuterRef("pk")
        instruments = model("register", "Instrument").objects.visible_to(user).values("pk")
        organisations = model("register", "Organisation").objects.visible_to(user).values("pk")
        figures = model("register", "Figure").objects.visible_to(user)

        def uses(name: str, **condition) -> Exists:
            return Exists(model("register", name).objects.filter(**condition))

        return (
            uses("Milestone", source=source, instrument__in=instruments)
            | uses("Milestone", also_sources=source, instrument__in=instruments)
            | uses("Citation", source=source, instrument__in=instruments)
            | uses("Citation", source=source, organisation__in=organisations)
            | uses("Claim", source=source, dispute__instrument__in=instruments)
            | uses("Claim", source=source, dispute__organisation__in=organisations)
            | uses("Dispute", follows=source, instrument__in=instruments)
            | uses("Dispute", follows=source, organisation__in=organisations)
            | uses("Commitment", made_in=source, instrument__in=instruments)
            | uses("Commitment", fulfilled_by=source, instrument__in=instruments)
            | Exists(figures.filter(source=source))
            | Exists(figures.filter(also_sources=source))
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


class OrganisationQuerySet(UnclassifiedQuerySet, NamedQuerySet):
    def _used_for(self, user) -> Q:
        """Takes part in an instrument."""
        instruments = apps.get_model("register", "Instrument").objects.visible_to(user).values("pk")
        roles = apps.get_model("register", "OrganisationRole").objects
        return Q(Exists(roles.filter(organisation=OuterRef("pk"), instrument__in=instruments)))

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

    def fetch_keys(self, keys, clock: Clock, user, *, whole: bool = False) -> list:
        rows = self.with_all_facts(user) if whole else self
        return super(OrganisationQuerySet, rows).fetch_keys(keys, clock, user, whole=whole)

    def with_all_facts(self, user):
        """With everything that the register holds about an organisation, as far as this user may see it."""
        return self.prefetch_related(
            Prefetch("part_of", self.model.objects.visible_to(user)),
            *("countries__country", "citations__source", "disputes__claims__source", "disputes__follows"),
        )


class ThemeQuerySet(UnclassifiedQuerySet, NamedQuerySet):
    def _used_for(self, user) -> Q:
        """What an instrument is about."""
        instruments = apps.get_model("register", "Instrument").objects
        return Q(Exists(instruments.visible_to(user).filter(themes=OuterRef("pk"))))


class CountryQuerySet(NamedQuerySet):
    def with_groups(self):
        return self.prefetch_related("groups")

    def members_of(self, groups: Iterable[str], day: date):
        """Countries that belong to one of these groups on a day."""
        memberships = apps.get_model("register", "GroupMembership").objects
        return self.filter(pk__in=memberships.filter(in_force_on(day), group__in=groups).values("country"))


class FigureQuerySet(RegisterQuerySet):
    def visible_to(self, user):
        """Figures about what this user may see, and those about the network."""
        instruments = apps.get_model("register", "Instrument").objects.visible_to(user).values("pk")
        organisations = apps.get_model("register", "Organisation").objects.visible_to(user).values("pk")
        of_the_network = Q(instrument__isnull=True, organisation__isnull=True)
        return self.filter(of_the_network | Q(instrument__in=instruments) | Q(organisation__in=organisations))

    def on(self, clock: Clock):
        there = apps.get_model("register", "Instrument").objects.on(clock).values("pk")
        return self.filter(Q(instrument__isnull=True) | Q(instrument__in=there), known_from__lte=clock.known_on)

    def matching(self, words, clock: Clock):
        return self.filter(words.over(lambda text: Q(label_nl__icontains=text) | Q(label_en__icontains=text)))
