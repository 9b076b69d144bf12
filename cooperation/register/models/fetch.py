"""All that is shown of some records, in one statement: related rows come along as JSON arrays.

Pages, the API and exports read records in two steps: first which ones (`pk`s in their order), then this. What a reader
may not see, or what was not known on the clock, is left out inside the statement, at every join.

Related rows become instances of their models without `__init__`, which would take most of the time of a page; fields
that only generate or sort are deferred, as after `defer()`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import DEFAULT_DB_ALIAS, models
from django.db.models import Exists, Expression, F, OuterRef, Q, QuerySet
from django.db.models.base import ModelState

from ..domain.clock import Clock
from ..domain.edtf import to_edtf
from .citation import Citation, Claim, Dispute
from .commitment import Commitment
from .compiled import AnyClock, AnyOfKeys, Keys, Parameter, Row, Rows, Statement, days_of
from .fields import EDTFField, PlaceField, SortKeyField
from .figure import Figure, FigureCountry
from .milestone import Milestone
from .queryset import Reader, in_force_on
from .reading import note
from .reference import Country, Organisation, OrganisationCountry, Theme
from .relation import Relation
from .roles import CountryRole, OrganisationRole
from .source import Source

User = AbstractBaseUser | AnonymousUser | None
Make = Callable[[list, "Batch"], Any]  # of the values of a row, what is shown
MOST_STATEMENTS = 100  # kept: for each kind, size and clearance one


# --- rows as JSON, and back ------------------------------------------------------------------------------------------


def _is_read(column: models.Field) -> bool:
    return not isinstance(column, models.GeneratedField | SortKeyField | PlaceField)


def _from_json(column: models.Field) -> Callable[[Any], Any] | None:
    """How a value of this column comes back from JSON; None: as it is."""
    if isinstance(column, EDTFField):
        return to_edtf
    return date.fromisoformat if column.get_internal_type() == "DateField" else None


class Columns:
    """The columns of a model in a JSON array, and the instance that they become."""

    def __init__(self, model: type[models.Model], of: str = "", without: Sequence[str] = ()):
        self.model = model
        columns = [one for one in model._meta.concrete_fields if _is_read(one) and one.name not in without]
        self.names = [column.attname for column in columns]
        self.converters = [
            (place, convert) for place, column in enumerate(columns) if (convert := _from_json(column)) is not None
        ]
        self.expressions: list[Expression] = [F(of + name) for name in self.names]

    def make(self, values: Sequence[Any]) -> models.Model:
        """The instance of a row. Values after those of the columns are left to whoever asked for them."""
        values = list(values[: len(self.names)])
        for place, convert in self.converters:
            if values[place] is not None:
                values[place] = convert(values[place])
        return bare(self.model, zip(self.names, values, strict=True))


def bare(model: type[models.Model], values: Iterable[tuple[str, Any]]) -> models.Model:
    """An instance of what was read, as `Model.from_db` makes it, without going through every field."""
    instance = model.__new__(model)
    instance._state = ModelState()
    instance._state.adding, instance._state.db = False, DEFAULT_DB_ALIAS
    instance.__dict__.update(values)
    return instance


def attach(instance: models.Model, **related: Any) -> models.Model:
    """Set foreign keys to instances that were read along."""
    instance._state.fields_cache.update(related)
    return instance


@dataclass
class Batch:
    """Records that are read together, and the sources that their facts name: read once, at the end."""

    clock: Clock
    user: User
    waiting: list[tuple[models.Model, str, int]] = field(default_factory=list)
    lists: list[tuple[models.Model, list[int]]] = field(default_factory=list)

    def source(self, of: models.Model, name: str) -> None:
        """Note that the source of a foreign key is to be attached."""
        if key := getattr(of, f"{name}_id"):
            self.waiting.append((of, name, key))

    def sources(self, of: models.Model, also: list[int]) -> None:
        """Note that `sources` is to be set: that of `source`, then these."""
        self.lists.append((of, [of.source_id, *also]))
        self.waiting.append((of, "source", of.source_id))

    def attach_sources(self) -> None:
        keys = {key for _of, _name, key in self.waiting} | {key for _of, listed in self.lists for key in listed}
        found = Source.objects.in_bulk(keys) if keys else {}
        for of, name, key in self.waiting:
            of._state.fields_cache[name] = found[key]
        for of, listed in self.lists:
            of.sources = [found[key] for key in listed]


@dataclass(frozen=True)
class Part:
    """Rows of another table that are shown with a record: how they are read, and what becomes of each."""

    name: str  # the attribute that holds them
    rows: Callable[[Any, Reader], QuerySet]  # on a clock, for a reader; of the record `OuterRef("pk")`
    row: Callable[[], Sequence[Any]]  # what is read of each; called when all models are loaded
    make: Make

    def as_json(self, clock, reader: Reader) -> Rows:
        return Rows(self.rows(clock, reader), Row(*self.row()))


def _keys(through, of: str, key: str, order: str = "pk") -> Rows:
    """The keys on the other side of a many-to-many relation, of the row around."""
    return Rows(through.objects.filter(**{of: OuterRef("pk")}).order_by(order), Row(F(key)))


def _flat(rows: list[list]) -> list:
    return [value for (value,) in rows]


# --- what is shown with every record ---------------------------------------------------------------------------------

_MILESTONE = Columns(Milestone)
_FULFILS = Columns(Milestone, "fulfils__")


def _milestone(values: list, batch: Batch) -> Milestone:
    made = _MILESTONE.make(values)
    made.said, fulfils, also = values[len(_MILESTONE.names) :]
    made._state.fields_cache["fulfils"] = _FULFILS.make(fulfils) if made.fulfils_id else None
    batch.sources(made, _flat(also))
    return made


_COUNTRY_ROLE = Columns(CountryRole)
_COUNTRY = Columns(Country, "country__")


def _country_role(values: list, batch: Batch) -> CountryRole:
    return attach(_COUNTRY_ROLE.make(values), country=_COUNTRY.make(values[-1]))


_ORGANISATION_ROLE = Columns(OrganisationRole)
_ORGANISATION = Columns(Organisation, "organisation__", without=("notes",))


def _organisation_role(values: list, batch: Batch) -> OrganisationRole:
    return attach(_ORGANISATION_ROLE.make(values), organisation=_ORGANISATION.make(values[-1]))


_THEME = Columns(Theme)


def _of(queryset: QuerySet) -> QuerySet:
    return queryset.filter(instrument=OuterRef("pk"))


ROW_PARTS = (
    Part(
        "known_milestones",
        lambda clock, reader: _of(Milestone.objects.as_said_on(clock.known_on)),
        lambda: [
            *_MILESTONE.expressions,
            F("said"),
            Row(*_FULFILS.expressions),
            _keys(Milestone.also_sources.through, "milestone", "source"),
        ],
        _milestone,
    ),
    Part(
        "countries_then",
        lambda clock, reader: _of(CountryRole.objects.filter(in_force_on(clock.valid_on))),
        lambda: [*_COUNTRY_ROLE.expressions, Row(*_COUNTRY.expressions)],
        _country_role,
    ),
    Part(
        "organisations_then",
        lambda clock, reader: _of(OrganisationRole.objects.filter(in_force_on(clock.valid_on))),
        lambda: [*_ORGANISATION_ROLE.expressions, Row(*_ORGANISATION.expressions)],
        _organisation_role,
    ),
    Part(
        "themes_then",
        lambda clock, reader: Theme.objects.filter(instruments=OuterRef("pk")),
        lambda: _THEME.expressions,
        lambda values, batch: _THEME.make(values),
    ),
)


# --- what is shown where a record is shown whole ---------------------------------------------------------------------

_CITATION = Columns(Citation)


def _citation(values: list, batch: Batch) -> Citation:
    citation = _CITATION.make(values)
    batch.source(citation, "source")
    return citation


_DISPUTE = Columns(Dispute)
_CLAIM = Columns(Claim)


def _dispute(values: list, batch: Batch) -> Dispute:
    dispute = _DISPUTE.make(values)
    attach(dispute, follows=None)
    batch.source(dispute, "follows")
    dispute.known_claims = [_CLAIM.make(claim) for claim in values[-1]]
    for claim in dispute.known_claims:
        batch.source(claim, "source")
    return dispute


# Of another instrument, what a link to it shows.
OTHER = ("id", "key", "resource", "kind", "classification", "short_name_nl", "short_name_en", "title_nl", "title_en")


def other_record(of: str) -> Row:
    return Row(*(F(f"{of}__{name}") for name in OTHER))


_RELATION = Columns(Relation)


def _relation(side: str) -> Make:
    def make(values: list, batch: Batch) -> Relation:
        relation = _RELATION.make(values)
        model = Relation._meta.get_field(side).related_model
        other = bare(model, zip(OTHER, values[-1], strict=True)) if values[-1][0] else None
        if other:
            note(other)
        return attach(relation, **{side: other})

    return make


def _there(clock, reader: Reader, of: str) -> Exists:
    """The condition that the record on the other side may be seen, and is there on the clock."""
    model = Relation._meta.get_field(of).related_model
    return Exists(model.objects.visible_to(reader).on(clock).filter(pk=OuterRef(of)))


_COMMITMENT = Columns(Commitment)
_KEPT_BY = Columns(Milestone, "fulfilled_by_milestone__")


def _commitment(values: list, batch: Batch) -> Commitment:
    promise = _COMMITMENT.make(values)
    by = _KEPT_BY.make(values[-1]) if promise.fulfilled_by_milestone_id else None
    attach(promise, fulfilled_by=None, fulfilled_by_milestone=by)
    batch.source(promise, "made_in")
    batch.source(promise, "fulfilled_by")
    return promise


_FIGURE = Columns(Figure)
_FIGURE_COUNTRY = Columns(FigureCountry)


def _figure(values: list, batch: Batch) -> Figure:
    figure = _FIGURE.make(values)
    also, countries = values[len(_FIGURE.names) :]
    batch.sources(figure, _flat(also))
    figure.countries_named = [
        attach(_FIGURE_COUNTRY.make(named), country=Country(code=named[_FIGURE_COUNTRY.names.index("country_id")]))
        for named in countries
    ]
    return figure


def _dispute_row() -> list[Any]:
    return [*_DISPUTE.expressions, Rows(Claim.objects.filter(dispute=OuterRef("pk")), Row(*_CLAIM.expressions))]


WHOLE_PARTS = (
    Part(
        "known_citations", lambda clock, reader: _of(Citation.objects.all()), lambda: _CITATION.expressions, _citation
    ),
    Part(
        "known_disputes",
        lambda clock, reader: _of(Dispute.objects.about_what_is_known_on(clock.known_on)),
        _dispute_row,
        _dispute,
    ),
    Part(
        "visible_relations",
        lambda clock, reader: _of(Relation.objects.filter(Q(to__isnull=True) | _there(clock, reader, "to"))),
        lambda: [*_RELATION.expressions, other_record("to")],
        _relation("to"),
    ),
    Part(
        "visible_relations_to",
        lambda clock, reader: Relation.objects.filter(_there(clock, reader, "instrument"), to=OuterRef("pk")),
        lambda: [*_RELATION.expressions, other_record("instrument")],
        _relation("instrument"),
    ),
    Part(
        "known_commitments",
        lambda clock, reader: _of(Commitment.objects.made_by(clock.known_on)),
        lambda: [*_COMMITMENT.expressions, Row(*_KEPT_BY.expressions)],
        _commitment,
    ),
    Part(
        "known_figures",
        lambda clock, reader: _of(Figure.objects.filter(known_from__lte=clock.known_on)),
        lambda: [
            *_FIGURE.expressions,
            _keys(Figure.also_sources.through, "figure", "source"),
            Rows(FigureCountry.objects.filter(figure=OuterRef("pk")), Row(*_FIGURE_COUNTRY.expressions)),
        ],
        _figure,
    ),
)


# --- the statement ---------------------------------------------------------------------------------------------------


@lru_cache(MOST_STATEMENTS)
def _statement(model: type[models.Model], whole: bool, reader: Reader) -> tuple[Statement, list[str], list[Part]]:
    """The statement for records of a kind, the names of its own columns, and the parts that come after them."""
    parts = [*ROW_PARTS, *(WHOLE_PARTS if whole else ()), *model.parts_shown(whole)]
    columns = [column.attname for column in model._meta.concrete_fields if _is_read(column)]
    rows = model.objects.visible_to(reader).on(AnyClock).filter(AnyOfKeys(F("pk"), Parameter("keys", Keys())))
    rows = rows.order_by().annotate(is_disputed=rows.disputed(AnyClock), is_stalled=rows.stalled(AnyClock))
    flags = ["stage", "stage_certain", "is_disputed", "is_stalled"]
    shown = rows.values_list(*columns, *flags, Row(*(part.as_json(AnyClock, reader) for part in parts)))
    return Statement(shown), [*columns, *flags], parts


def fetch(model: type[models.Model], keys: Iterable[int], batch: Batch, *, whole: bool = False) -> list:
    """Records of these primary keys in their order, without those that are not there; sources are still to come."""
    keys = list(keys)
    if not keys:
        return []
    statement, names, parts = _statement(model, whole, Reader.of(batch.user))
    found = {}
    for values in statement.rows(keys=keys, **days_of(batch.clock)):
        record = bare(model, zip(names, values, strict=False))
        note(record)
        record.match_certain = None
        for part, rows in zip(parts, values[-1], strict=True):
            made = [part.make(row, batch) for row in rows]
            for one in made:
                one._state.fields_cache.setdefault("instrument", record)
            setattr(record, part.name, made)
        found[record.pk] = record
    records = [found[key] for key in keys if key in found]
    model.read_along(records, batch, whole)
    return records


# --- what is shown of an organisation beside its own columns ---------------------------------------------------------

_PART_OF = Columns(Organisation)
_ORGANISATION_COUNTRY = Columns(OrganisationCountry)


def _of_organisation(queryset: QuerySet) -> QuerySet:
    return queryset.filter(organisation=OuterRef("pk"))


def _organisation_country(values: list, batch: Batch) -> OrganisationCountry:
    return attach(_ORGANISATION_COUNTRY.make(values), country=_COUNTRY.make(values[-1]))


ORGANISATION_PARTS = (
    Part(
        "known_countries",
        lambda clock, reader: _of_organisation(OrganisationCountry.objects.all()),
        lambda: [*_ORGANISATION_COUNTRY.expressions, Row(*_COUNTRY.expressions)],
        _organisation_country,
    ),
    Part(
        "known_citations",
        lambda clock, reader: _of_organisation(Citation.objects.all()),
        lambda: _CITATION.expressions,
        _citation,
    ),
    Part(
        "known_disputes",
        lambda clock, reader: _of_organisation(Dispute.objects.all()),
        _dispute_row,
        _dispute,
    ),
    Part(
        "visible_part_of",
        lambda clock, reader: Organisation.objects.visible_to(reader).filter(pk=OuterRef("part_of")),
        lambda: _PART_OF.expressions,
        lambda values, batch: _PART_OF.make(values),
    ),
)


@lru_cache(MOST_STATEMENTS)
def _organisation_statement(reader: Reader) -> Statement:
    rows = Organisation.objects.filter(AnyOfKeys(F("pk"), Parameter("keys", Keys()))).order_by()
    return Statement(rows.values_list("pk", Row(*(part.as_json(AnyClock, reader) for part in ORGANISATION_PARTS))))


def read_facts(organisations: Iterable[Organisation], batch: Batch) -> None:
    """Everything else that the register holds of organisations, with its sources, as far as this reader may see it."""
    by_key = {organisation.pk: organisation for organisation in organisations}
    for key, parts in _organisation_statement(Reader.of(batch.user)).rows(keys=list(by_key)) if by_key else ():
        for part, rows in zip(ORGANISATION_PARTS, parts, strict=True):
            setattr(by_key[key], part.name, [part.make(row, batch) for row in rows])
        attach(by_key[key], part_of=next(iter(by_key[key].visible_part_of), None))
    batch.attach_sources()
