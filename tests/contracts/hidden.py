"""Hidden records at the far end of every relation of the register, and public ones beside them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import models
from django.utils import timezone

from cooperation.models import InterpolItem, Vote
from cooperation.register import actions
from cooperation.register.history.triggers import watched_models
from cooperation.register.models import (
    Citation,
    Claim,
    Commitment,
    CountryRole,
    Dispute,
    EarlierWords,
    Figure,
    FigureCountry,
    Instrument,
    Milestone,
    Organisation,
    OrganisationCountry,
    OrganisationRole,
    RecordWords,
    Relation,
    SavedView,
    Source,
    StageSpan,
    Theme,
    kinds,
)
from tests.factories import InstrumentFactory, SourceFactory
from tests.kinds.test_lighthouses import LighthouseFactory

# In no text of the data set, and in every text of a hidden record: a leak is found by looking for it.
MARK = "vvkwartsel"
# Once a word of a visible record, it is no error for `liaison` any more.
MISSPELT = "lieson"
COUNTRY, COVERED = "NZ", "AU"  # nothing of the data set is there
KNOWN = date(2020, 1, 1)
UNCLASSIFIED = (Source, Organisation, Theme)
DERIVED = (StageSpan, RecordWords, EarlierWords)


def factory_of(kind: type[Instrument]) -> type[InstrumentFactory]:
    factories = {factory._meta.model: factory for factory in (*InstrumentFactory.__subclasses__(), LighthouseFactory)}
    return factories[kind]


def related(kind: type[Instrument]) -> list[models.ForeignKey]:
    """The fields in which only this kind names other instruments."""
    return [
        field
        for field in kind._meta.local_fields
        if field.related_model and issubclass(field.related_model, Instrument) and not field.primary_key
    ]


@dataclass
class Public:
    """One record of each kind, and what it refers to."""

    source: Source
    organisation: Organisation
    theme: Theme
    records: dict[type[Instrument], Instrument] = field(default_factory=dict)

    @classmethod
    def make(cls) -> "Public":
        names = {"name_nl": "Proefdienst", "name_en": "Test service"}
        public = cls(
            SourceFactory(key="test-shared"),
            Organisation.objects.create(key="test-shared", kind="police_force", **names),
            Theme.objects.create(key="test-shared", **names),
        )
        for kind in kinds().values():
            public.records[kind] = record = factory_of(kind)(key=f"test-beside-{kind.RESOURCE}", hosts=[COUNTRY])
            dress(record, public.source, public.organisation, public.theme, "test-beside")
        actions.rewrite_words(public.records.values())
        for asked in (f"country={COUNTRY}", f"source={MARK}-source", f"organisation={MARK}"):
            SavedView.objects.create(name="Test", resource="placements", query=asked, shared=True)
        return public


def dress(record: Instrument, source: Source, organisation: Organisation, theme: Theme, words: str) -> None:
    """Give a record a row in every table that hangs on records, each of which names these."""
    CountryRole.objects.create(instrument=record, country_id=COVERED, role="covered", reason_nl=words)
    OrganisationRole.objects.create(instrument=record, organisation=organisation, role="sender")
    record.themes.add(theme)
    for milestone in record.milestones.all():
        milestone.also_sources.add(source)
    Citation.objects.create(instrument=record, source=source, locator=words)
    dispute = Dispute.objects.create(instrument=record, follows=source, note_nl=words)
    for value in ("1", "2"):
        Claim.objects.create(dispute=dispute, value=f"{words} {value}", source=source)
    Commitment.objects.create(instrument=record, what_nl=words, made_in=source, fulfilled_by=source)
    Commitment.objects.create(instrument=record, what_nl=words, made_in=source, due="2030")
    number = figure(f"{words}-{organisation.key}-{record.resource}", words, source, instrument=record)
    number.also_sources.add(source)
    if isinstance(record, InterpolItem):
        Vote.objects.create(item=record, subject=words, in_favour=99)


def figure(key: str, words: str, source: Source, **about) -> Figure:
    made = Figure.objects.create(
        label_nl=words,
        label_en=words,
        value=99,
        unit="posts",
        date="2020",
        known_from=KNOWN,
        key=key,
        source=source,
        **about,
    )
    FigureCountry.objects.create(figure=made, country_id=COUNTRY, role="concerned")
    return made


@dataclass
class Hidden:
    """Records that few may see, at both ends of every relation; `made` has them all, with what hangs on them."""

    levels: tuple[str, ...]
    made: list[models.Model] = field(default_factory=list)

    @classmethod
    def make(cls, public: Public, *levels: str) -> "Hidden":
        hidden = cls(levels)
        before = {model: set(model.objects.values_list("pk", flat=True)) for model in models_of_the_register()}
        for level in levels:
            _of_one_level(public, level, "" if level == levels[0] else f"-{level}")
        for model, pks in before.items():
            hidden.made += model.objects.exclude(pk__in=pks)
        return hidden

    def of(self, *classes: type[models.Model]) -> list[models.Model]:
        return [record for record in self.made if isinstance(record, classes)]

    def publish(self) -> None:
        Instrument.objects.filter(pk__in=[record.pk for record in self.of(Instrument)]).update(classification="public")
        actions.derive(Instrument.objects.filter(resource__in=kinds()).values_list("pk", flat=True))

    def delete(self) -> None:
        """Delete the instruments, as staff would. What they referred to stays, and is used by nothing."""
        records = self.of(*kinds().values())
        keys = [record.pk for record in records]
        for kind in kinds().values():  # what is protected: first what leads from one to another
            for one in related(kind):
                if one.null:
                    kind.objects.filter(**{f"{one.name}__in": keys}).update(**{one.name: None})
        for record in sorted(records, key=lambda record: all(one.null for one in related(type(record)))):
            with actions.writing(record):
                record.delete()


def _of_one_level(public: Public, level: str, suffix: str) -> None:
    names = {"name_nl": f"{MARK} naam", "name_en": f"{MARK} name"}
    source = SourceFactory(key=f"{MARK}-source{suffix}", title=f"{MARK} source", reference=f"{MARK}-1")
    organisation = Organisation.objects.create(key=f"{MARK}{suffix}", kind="navy", country_id=COUNTRY, **names)
    theme = Theme.objects.create(key=f"{MARK}{suffix}", **names)
    _around(organisation, public, suffix)
    today = timezone.localdate()
    made = {}
    for kind, beside in public.records.items():
        first = beside.milestones.all()[0].kind
        days = [(first, str(today - timedelta(days=1))), (first, str(today + timedelta(days=2)))]
        own = {one.name: public.records[one.related_model] for one in related(kind)}
        made[kind] = record = factory_of(kind)(
            key=f"{MARK}-{kind.RESOURCE}{suffix}",
            title_nl=f"{MARK} {MISSPELT}",
            title_en=f"{MARK} {MISSPELT}",
            summary_nl=MARK,
            classification=level,
            milestones=days,
            hosts=[COUNTRY],
            **own,
        )
        record.milestones.filter(key__endswith="-1").update(known_from=today, note_nl=f"{MARK} note")
        dress(record, source, organisation, theme, MARK)
        OrganisationRole.objects.create(instrument=record, organisation=public.organisation, role="partner")
        record.themes.add(public.theme)
        Citation.objects.create(instrument=record, source=public.source)
        Milestone.objects.filter(instrument=record, key__endswith="-1").update(source=public.source)
        Relation.objects.create(instrument=record, type="replaces", to=beside)
        Relation.objects.create(instrument=record, type="implements", to=beside)
        Relation.objects.create(instrument=beside, type="follows_from", to=record)
    for kind, beside in public.records.items():  # and what public records of a kind name themselves
        for one in related(kind):
            if one.null:
                kind.objects.filter(pk=beside.pk).update(**{one.name: made[one.related_model]})
            else:
                key = f"{MARK}-{kind.RESOURCE}-within{suffix}"
                factory_of(kind)(key=key, classification=level, **{one.name: made[one.related_model]})
    actions.derive([record.pk for record in (*made.values(), *public.records.values())])


def _around(organisation: Organisation, public: Public, suffix: str) -> None:
    """What is said of a hidden organisation, in a source that nothing else cites; and what it is a part of."""
    source = SourceFactory(key=f"{MARK}-of-organisation{suffix}", title=f"{MARK} source of an organisation")
    OrganisationCountry.objects.create(organisation=organisation, country_id=COUNTRY, role="host")
    for one in (source, public.source):
        Citation.objects.create(organisation=organisation, source=one, locator=MARK)
        dispute = Dispute.objects.create(organisation=organisation, follows=one)
        Claim.objects.create(dispute=dispute, value=MARK, source=one)
        figure(f"{one.key}-figure{suffix}", MARK, one, organisation=organisation).also_sources.add(one)
    Organisation.objects.filter(pk=organisation.pk).update(part_of=public.organisation)
    Organisation.objects.filter(pk=public.organisation.pk).update(part_of=organisation)


# --- every relation --------------------------------------------------------------------------------------------------


def models_of_the_register() -> list[type[models.Model]]:
    """Those of the kernel and of every app that has a kind, without what a reader makes."""
    return [model._meta.concrete_model for model in watched_models() if model is not SavedView]


def relations() -> Iterator[tuple[type[models.Model], models.Field]]:
    """Every field of the register that leads to what may be hidden."""
    for model in models_of_the_register():
        for one in (*model._meta.local_fields, *model._meta.local_many_to_many):
            if one.related_model and issubclass(one.related_model, (Instrument, *UNCLASSIFIED)):
                yield model, one


def not_tried(hidden: Hidden) -> list[str]:
    """The relations at the far end of which nothing is hidden."""
    far = {(type(record), record.pk) for record in hidden.made}
    far |= {(Instrument, record.pk) for record in hidden.of(*kinds().values())}

    def is_tried(model: type[models.Model], one: models.Field) -> bool:
        pks: Iterable = model.objects.values_list(one.name, flat=True)
        return any((one.related_model, pk) in far for pk in pks)

    return [f"{model.__name__}.{one.name}" for model, one in relations() if not is_tried(model, one)]
