"""What a kind fills in to be held to every contract, and the records that the contracts are tried on."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.http import QueryDict
from django.urls import reverse

from cooperation.register import actions, kind
from cooperation.register.lists.query import ListQuery
from cooperation.register.models import (
    Citation,
    Claim,
    Commitment,
    CountryRole,
    Dispute,
    Figure,
    Instrument,
    Milestone,
    Organisation,
    OrganisationRole,
    Relation,
    Source,
    Theme,
)
from tests.factories import InstrumentFactory, SourceFactory

LETTER_DAY = "validOn=2021-12-02&knownOn=2021-12-02"
# In no text of the data set: records of a test bear it, so that `q` finds them and nothing else.
WORD = "zzqwxproef"
COUNTED_VIEWS = ("map", "chart", "pivot", "changes")  # that show numbers rather than rows


class Kind:
    """One kind of instrument, as its tests declare it."""

    kind: kind.Kind
    factory: type[InstrumentFactory]
    key: str  # a record of the data set that was there on the day of the letter
    own_keys: dict[str, str] = {}  # keys of a question that only this kind has, each with a right value
    filled: dict[str, Any]  # every field that only this kind has, with a value
    filled_instead: dict[str, Any] = {}  # those that do not go together with the others
    shown: dict[str, str] = {}  # how such a value stands on the page, where that differs
    needed: dict[str, Any] = {}  # what a record of this kind cannot do without; related records by their factory
    milestone: str  # a kind of milestone that shows that a record is there

    @property
    def model(self) -> type[Instrument]:
        return self.kind.model

    @property
    def list_page(self) -> type:
        return self.kind.list_page

    @property
    def page(self) -> str:
        return reverse(f"{self.model.RESOURCE}-list")

    @property
    def api(self) -> str:
        return reverse(f"api:{self.model.RESOURCE}-list")

    @property
    def statistics(self) -> str:
        return reverse(f"api:{self.model.RESOURCE}-statistics")

    @property
    def changes(self) -> str:
        return reverse(f"api:{self.model.RESOURCE}-changes")

    def page_of(self, key: str) -> str:
        return reverse(f"{self.model.RESOURCE}-detail", args=[key])

    def api_of(self, key: str) -> str:
        return reverse(f"api:{self.model.RESOURCE}-detail", args=[key])

    def ask(self, query: str) -> ListQuery:
        return self.list_page.ask(QueryDict(query), AnonymousUser())

    @staticmethod
    def made(values: dict[str, Any]) -> dict[str, Any]:
        """These values, with a related record in the place of each factory."""
        return {name: value() if callable(value) else value for name, value in values.items()}

    @property
    def own_fields(self) -> list[models.Field]:
        return [field for field in self.model._meta.local_fields if not field.primary_key]

    def many(self, count: int, **values) -> list[Instrument]:
        """Records with something in every related table, so that whatever is read for a row is read for each."""
        first = self.model.objects.count()
        records = [
            self.model.objects.create(
                key=f"test-many-{first + number}",
                kind=self.model.Kind.values[0],
                title_nl=f"{WORD} {first + number}",
                classification="public",
                **self.made(self.needed),
                **values,
            )
            for number in range(count)
        ]
        sources = [SourceFactory() for _ in range(3)]
        Milestone.objects.bulk_create(milestone(record, self.milestone, "2020-01-01", sources[0]) for record in records)
        dress(records, sources, self.factory())
        actions.rewrite_spans(records)
        actions.rewrite_words(records)
        return records


def milestone(record: Instrument, kind: str, day: str, source: Source, key: str = "first", **values) -> Milestone:
    values = {"state": "occurred", "known_from": date(2020, 1, 1), **values}
    return Milestone(instrument=record, key=key, kind=kind, date=day, source=source, **values)


def dress(records: Sequence[Instrument], sources: Sequence[Source], other: Instrument) -> None:
    """Give each record a row in every related table. `other` is related to them, and they to it."""
    organisation, theme = Organisation.objects.all()[0], Theme.objects.all()[0]
    for field in ("general", "milestones.first"):
        Citation.objects.bulk_create(Citation(instrument=r, field=field, source=sources[1]) for r in records)
        disputes = Dispute.objects.bulk_create(Dispute(instrument=r, field=field) for r in records)
        for source in sources[:2]:
            Claim.objects.bulk_create(Claim(dispute=d, value=f"{WORD} {d.pk}", source=source) for d in disputes)
    for code, role in (("NZ", "host"), ("AU", "covered")):
        CountryRole.objects.bulk_create(CountryRole(instrument=r, country_id=code, role=role) for r in records)
    OrganisationRole.objects.bulk_create(
        OrganisationRole(instrument=r, organisation=organisation, role="sender") for r in records
    )
    Instrument.themes.through.objects.bulk_create(
        Instrument.themes.through(instrument_id=r.pk, theme_id=theme.pk) for r in records
    )
    Relation.objects.bulk_create(Relation(instrument=r, type="related_to", to=other) for r in records)
    Relation.objects.bulk_create(Relation(instrument=other, type="follows_from", to=r) for r in records)
    Relation.objects.bulk_create(Relation(instrument=r, type="amends", to_text="an act") for r in records)
    Commitment.objects.bulk_create(
        Commitment(instrument=r, what_nl=f"{WORD} {r.pk}", made_in=sources[0], fulfilled_by=sources[1]) for r in records
    )
    figures = Figure.objects.bulk_create(
        Figure(
            key=f"test-figure-{r.pk}",
            instrument=r,
            label_nl=f"{WORD} {r.pk}",
            label_en=f"{WORD} {r.pk}",
            value=r.pk,
            unit="posts",
            date="2020",
            source=sources[0],
            known_from=date(2020, 1, 1),
        )
        for r in records
    )
    for made in (*Milestone.objects.filter(instrument__in=records), *figures):
        made.also_sources.set(sources[1:])
