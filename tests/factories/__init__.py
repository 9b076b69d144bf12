"""Records for tests, with traits for what a test is about."""

from datetime import date
from itertools import count

import factory
from factory.django import DjangoModelFactory

from cooperation.models import EUProposal, Initiative, InterpolItem, Provision, Treaty
from cooperation.register import actions
from cooperation.register.models import CountryRole, Milestone, Source
from mous.models import Memorandum
from placements.models import Placement


class SourceFactory(DjangoModelFactory):
    class Meta:
        model = Source

    key = factory.Sequence(lambda n: f"test-source-{n}")
    kind = "other"
    title = factory.Sequence(lambda n: f"Test source {n}")
    publisher = "Tests"
    published = "2020-01-01"
    reliability = "official"


class MilestoneFactory(DjangoModelFactory):
    class Meta:
        model = Milestone

    key = factory.Sequence(lambda n: f"m-{n}")
    state = "occurred"
    source = factory.SubFactory(SourceFactory)
    known_from = date(2020, 1, 1)


class CountryRoleFactory(DjangoModelFactory):
    class Meta:
        model = CountryRole

    role = "host"


_numbers = count()


def _first_milestone(ladder) -> str:
    """One that shows that a record is there."""
    if ladder.follows:
        return "other"
    return "proposed" if "proposed" in ladder.milestones else [*ladder.evidence, *ladder.milestones][0]


class InstrumentFactory(DjangoModelFactory):
    """An instrument with one milestone, so that it has a stage: `milestones` replaces it, as (kind, date) pairs."""

    key = factory.LazyFunction(lambda: f"test-record-{next(_numbers)}")  # keys are of all kinds together
    title_nl = factory.LazyAttribute(lambda record: f"Proef {record.key}")
    title_en = factory.LazyAttribute(lambda record: f"Test {record.key}")
    classification = "public"

    class Params:
        internal = factory.Trait(classification="internal")
        confidential = factory.Trait(classification="confidential")

    @factory.post_generation
    def milestones(record, create, extracted, **kwargs):
        pairs = [(_first_milestone(record.ladder), "2020-01-01")] if extracted is None else extracted
        for number, (kind, day) in enumerate(pairs):
            MilestoneFactory(instrument=record, kind=kind, date=day, key=f"{kind.replace('_', '-')}-{number}")

    @factory.post_generation
    def hosts(record, create, extracted, **kwargs):
        for code in extracted or []:
            CountryRoleFactory(instrument=record, country_id=code)

    @classmethod
    def _after_postgeneration(cls, instance, create, results=None):
        actions.rewrite_spans([instance])
        actions.rewrite_words([instance])


class PlacementFactory(InstrumentFactory):
    class Meta:
        model = Placement
        skip_postgeneration_save = True

    kind = "liaison_officer"


class EUProposalFactory(InstrumentFactory):
    class Meta:
        model = EUProposal
        skip_postgeneration_save = True

    kind = "regulation"


class InterpolItemFactory(InstrumentFactory):
    class Meta:
        model = InterpolItem
        skip_postgeneration_save = True

    kind = "resolution"


class InitiativeFactory(InstrumentFactory):
    class Meta:
        model = Initiative
        skip_postgeneration_save = True

    kind = "training"
    track = "suriname"


class TreatyFactory(InstrumentFactory):
    class Meta:
        model = Treaty
        skip_postgeneration_save = True

    kind = "treaty"


def treaty_of_tests() -> Treaty:
    """The treaty that all provisions of a test stand in, unless they say otherwise."""
    return Treaty.objects.filter(key="test-treaty").first() or TreatyFactory(key="test-treaty")


class ProvisionFactory(InstrumentFactory):
    class Meta:
        model = Provision
        skip_postgeneration_save = True

    kind = "article"
    treaty = factory.LazyFunction(treaty_of_tests)


class MemorandumFactory(InstrumentFactory):
    class Meta:
        model = Memorandum
        skip_postgeneration_save = True

    kind = "mou"
