"""Instrument: one thing that is tracked. What all kinds share has its table here; each kind has one for the rest."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import pgtrigger
from django.db import models
from django.db.models import Func, Q, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext_lazy as _

from ..domain import text
from ..domain.addresses import address_of
from ..domain.clock import Clock
from ..domain.edtf import EDTF
from ..domain.ladder import Ladder, Term
from ..domain.spans import Span
from .citation import Citation, Dispute
from .commitment import Commitment
from .fetch import Batch, Part
from .fields import KeyField, LongText, NotesField, SortKeyField, Text, one_of
from .figure import Figure
from .instrument_queryset import InstrumentQuerySet
from .kinds import kinds
from .milestone import Milestone
from .reading import Classification, note
from .reference import Theme
from .relation import Relation
from .roles import CountryRole, OrganisationRole

# Where the database too refuses what is marked as classified (`domain/markings.py`), by a function of a migration.
REFUSED_IN = ("short_name_nl", "short_name_en", "title_nl", "title_en", "summary_nl", "summary_en")


class Instrument(models.Model):
    """One thing that is tracked.

    A kind is a subclass that declares: `RESOURCE` (its name in addresses), `Kind` (its sub-kinds), `MilestoneKind`
    and `Stage` (words for what happens to it), and `ladder`. Its stage is nowhere typed: it is read off the dated
    milestones, and kept as spans (`StageSpan`).
    """

    key = KeyField(unique=True, verbose_name=_("key"), help_text=_("permanent, part of the address"))
    resource = models.CharField(max_length=40, editable=False)
    kind = models.CharField(_("kind"), max_length=40)
    short_name_nl = Text(
        _("short name in Dutch"),
        max_length=100,
        blank=True,
        help_text=_("what people call it, where its title is long"),
    )
    short_name_en = Text(_("short name in English"), max_length=100, blank=True)
    title_nl = Text(_("title in Dutch"))
    title_en = Text(_("title in English"), blank=True)
    title_is_official = models.BooleanField(
        _("the Dutch title is official"), null=True, blank=True, help_text=_("empty: it is a description")
    )
    summary_nl = LongText(_("summary in Dutch"), blank=True)
    summary_en = LongText(_("summary in English"), blank=True)
    classification = models.CharField(
        _("classification"), max_length=20, choices=Classification, default=Classification.INTERNAL
    )
    themes = models.ManyToManyField(Theme, blank=True, related_name="instruments", verbose_name=_("themes"))
    notes = NotesField()
    sort_nl = SortKeyField("short_name_nl", "title_nl")
    sort_en = SortKeyField("short_name_en", "title_en")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True, db_index=True)

    short_name = text.localized("short_name")
    title = text.localized("title")
    summary = text.localized("summary")

    objects = InstrumentQuerySet.as_manager()

    # What `on` adds: how it stands on the clock.
    stage: str
    stage_certain: bool
    # What `fetch` adds, as of the clock and for the reader.
    is_disputed: bool
    is_stalled: bool
    match_certain: bool | None  # whether it certainly lies in the days that were asked for; None: none were
    known_milestones: list[Milestone]
    countries_then: list[CountryRole]
    organisations_then: list[OrganisationRole]
    themes_then: list[Theme]
    looked_for: Any = None  # the `search.query.Words` of the question, where the page marks them in the title
    # And where it is fetched whole.
    known_citations: list[Citation]
    known_disputes: list[Dispute]
    visible_relations: list[Relation]
    visible_relations_to: list[Relation]
    known_commitments: list[Commitment]
    known_figures: list[Figure]

    # What a kind declares.
    RESOURCE = ""
    Kind: type[models.TextChoices]
    Stage: type[models.TextChoices]
    MilestoneKind: type[models.TextChoices]
    ladder: Ladder
    search_fields: tuple[str, ...] = ()
    PRESENT_ROLES: tuple[str, ...] = ()  # in which roles a country has such a record in it; none: in any
    PLANNED_END = ""  # the kind of milestone that says when it is to end: of several, the latest word counts
    DATA_FILE: Path | None = None  # its part of the data set
    DATA_KEYS: Mapping[str, str] = {}  # keys of that file that are called otherwise here
    DERIVED_KEYS: tuple[str, ...] = ()  # keys of that file that follow from others, so they are checked, not kept

    class Meta:
        verbose_name = _("instrument")
        verbose_name_plural = _("instruments")
        ordering = ["key"]
        indexes = [
            models.Index(fields=["resource", "kind"], name="instrument_resource_kind"),
            # In the order of `columns.by_title`, so that a list begins without sorting all that it has.
            models.Index(fields=["sort_nl", "key"], name="instrument_by_title_nl"),
            models.Index(Coalesce(NullIf("sort_en", Value("")), "sort_nl"), "key", name="instrument_by_title_en"),
        ]
        constraints = [
            one_of("classification", Classification, "instrument_classification_is_known"),
            models.CheckConstraint(
                condition=~Q(Func(*REFUSED_IN, function="register_bears_marking", output_field=models.BooleanField())),
                name="instrument_no_state_secret",
                violation_error_message=_("Bears the marking of classified information. Such information is refused."),
            ),
        ]
        # Who asks what was changed since the last time asks for what is later than all they have.
        triggers = [
            pgtrigger.Trigger(
                name="updated_at_rises",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("updated_at"),
                func="""
                    IF TG_OP = 'INSERT' OR NEW.updated_at IS DISTINCT FROM OLD.updated_at THEN
                        NEW.updated_at = GREATEST(
                            NEW.updated_at,
                            (SELECT max(updated_at) + interval '1 microsecond' FROM register_instrument)
                        );
                    END IF;
                    RETURN NEW;
                """,
            )
        ]
        permissions = [
            ("see_internal", _("May see internal records")),
            ("see_confidential", _("May see records that are Departementaal Vertrouwelijk")),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs):
        self.resource = self.RESOURCE or self.resource
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return address_of(f"{self.resource}-detail", self.key)

    @classmethod
    def from_db(cls, db, field_names, values):
        record = super().from_db(db, field_names, values)
        note(record)
        return record

    @property
    def name(self) -> str:
        """What people call it: its short name, else its title; in the reader's language where it has one of both."""
        own, other = text.reader_languages()
        names = (getattr(self, f"{field}_{language}") for language in (own, other) for field in ("short_name", "title"))
        return next(filter(None, names))

    @property
    def names(self) -> tuple[str, ...]:
        """Its short name and its title in both languages; one that it has not is empty."""
        return self.short_name_nl, self.short_name_en, self.title_nl, self.title_en

    @property
    def long_title(self) -> str:
        """The title where it is another than the name; else nothing."""
        return self.title if self.title != self.name else ""

    @cached_property
    def concrete_class(self) -> type["Instrument"]:
        """The class of this record's kind."""
        return kinds()[self.resource]

    @property
    def kind_label(self) -> str:
        return self.concrete_class.Kind(self.kind).label

    def labels(self) -> list[str]:
        """What sort of thing it is, in the reader's language: it is found by these words too."""
        meta = self.concrete_class._meta
        return [str(self.kind_label), str(meta.verbose_name), str(meta.verbose_name_plural)]

    @property
    def term(self) -> Term | None:
        """For how long the record was meant to run, where its kind has such a thing."""
        return None

    def known(self, *milestone_kinds: str) -> list[Milestone]:
        """Milestones of these kinds as known on the clock of the question (`fetch`), in order of date."""
        return [milestone for milestone in self.known_milestones if milestone.kind in milestone_kinds]

    def occurred(self, *milestone_kinds: str) -> Milestone | None:
        """The first milestone of these kinds that had occurred by what is known."""
        return next((milestone for milestone in self.known(*milestone_kinds) if milestone.said == "occurred"), None)

    def date_of(self, *milestone_kinds: str) -> EDTF | None:
        """When the first milestone of these kinds occurred, by what is known."""
        milestone = self.occurred(*milestone_kinds)
        return milestone.date if milestone else None

    def happened(self, clock: Clock) -> list[Milestone]:
        """What had happened by the day of the clock, as far as could be said, in order of date."""
        return [
            milestone
            for milestone in self.known_milestones
            if milestone.said == "occurred" and milestone.date.first <= clock.earliest
        ]

    def is_open(self, milestone: Milestone) -> bool:
        """Whether a milestone is still expected on the clock of the question: nothing that is known has closed it."""
        closed = {other.fulfils_id for other in self.known_milestones if other.said != "expected"}
        return milestone.said == "expected" and milestone.pk not in closed

    def open_expectations(self, clock: Clock) -> list[Milestone]:
        """What nothing has closed, by day: what is to come, then that of which the day has passed without word."""
        found = [milestone for milestone in self.known_milestones if self.is_open(milestone)]
        return sorted(found, key=lambda milestone: milestone.has_passed(clock))

    def next_expected(self, clock: Clock) -> Milestone | None:
        """What is still to come first."""
        return next((one for one in self.open_expectations(clock) if not one.has_passed(clock)), None)

    @property
    def plan(self) -> Milestone | None:
        """The latest word on its planned end, where its kind has such milestones."""
        plans = [plan for plan in self.known(self.concrete_class.PLANNED_END) if plan.said != "cancelled"]
        return max(plans, key=lambda plan: (plan.known_from, plan.date.last), default=None)

    def to_come(self, clock: Clock) -> list[Milestone]:
        """What is still expected, without plans for its end that a later one took the place of, or the end itself."""
        kind = self.concrete_class
        current = None if self.stage in kind.ladder.end_stages else self.plan
        return [made for made in self.open_expectations(clock) if made.kind != kind.PLANNED_END or made is current]

    def countries_in(self, *roles: str) -> list[CountryRole]:
        """Countries in one of these roles on the day of the question (`fetch`)."""
        return [part for part in self.countries_then if part.role in roles]

    @property
    def stands(self) -> bool:
        """Whether it stands on the clock of the question: it has not ended, and something is known of it."""
        return self.stage in self.concrete_class.ladder.standing

    @property
    def final_rung(self) -> str:
        """The stage at which nothing more is to come."""
        return self.ladder.final_rung(self.kind)

    @classmethod
    def last_steps_due(cls) -> list[tuple[Q, str]]:
        """The last stage that somebody has to bring about, of every record of this kind, as (condition, stage).

        Sub-kinds that share one are together.
        """
        by_stage: dict[str, list[str]] = {}
        for kind in cls.Kind.values:
            by_stage.setdefault(cls.ladder.last_step_due(kind), []).append(kind)
        return [(Q(resource=cls.RESOURCE, kind__in=shared), stage) for stage, shared in by_stage.items()]

    # What a kind shows besides, when records are fetched.

    @classmethod
    def parts_shown(cls, whole: bool) -> Sequence[Part]:
        """Rows of tables of its own."""
        return ()

    @classmethod
    def read_along(cls, records: "list[Instrument]", batch: Batch, whole: bool) -> None:
        """Read the records of other kinds that these show, all at once."""

    # A kind whose stage is read off other records says which they are, and what follows from them.

    @classmethod
    def leaders(cls, pks: Iterable[int]) -> dict[int, list[int]]:
        """For those of these records whose stage follows from others: the others, in the order of `follow`."""
        return {}

    @classmethod
    def followers(cls, pks: Iterable[int]) -> set[int]:
        """The records of this kind whose stage follows from one of these."""
        return set()

    def follow(self, *leaders: Span | None) -> tuple[str, bool] | None:
        """The stage, and whether it is certain, where the leaders stand as given; None where there is none."""
        raise NotImplementedError

    @classmethod
    def check_data(cls, record: dict) -> Iterator[tuple[str, str]]:
        """Faults of a record of the data set that only its kind can see, as (field, message)."""
        return iter(())

    def brought_by(self, field: str) -> Sequence[str]:
        """The kinds of milestones that brought what a field says: on a past clock it is there only from then on."""
        return ()

    def references(self) -> list[tuple[str, str]]:
        """Official documents about the record, as (words, address)."""
        return []
