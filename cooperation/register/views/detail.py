"""What the page of one record shows, read off the record with all its facts (`fetch`, whole)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from ..display.badges import StageMark
from ..display.dates import date_html
from ..display.footnotes import SourceMarks
from ..display.milestones import is_without_word, told
from ..display.texts import text_html, translated
from ..domain.clock import STALLED_MONTHS, Clock
from ..domain.edtf import EDTF
from ..domain.text import note_text
from ..models import INVERSE, Instrument, Milestone, Source
from ..templatetags.register import at


@dataclass(frozen=True)
class FactRow:
    """One line of key facts: a label, values with perhaps an address, and where they stand."""

    label: str
    values: list[dict[str, Any]]
    sources: list[Source] = field(default_factory=list)
    disputed: bool = False


def fact(
    label: str, *values: Any, url: str = "", sources: Iterable[Source] = (), disputed: bool = False
) -> FactRow | None:
    """A line of key facts, None when nothing is known. A value is text, a date, or (text, address)."""
    shown = []
    for value in values:
        if value in (None, "", []):
            continue
        text, address = value if isinstance(value, tuple) else (value, url)
        html = date_html(text) if isinstance(text, EDTF) else text_html(text)
        shown.append({"html": html, "url": address, "external": address.startswith("http")})
    return FactRow(capfirst(str(label)), shown, list(sources), disputed) if shown else None


def answer(value: bool | None) -> str:
    """A yes or no that may not be known."""
    return _t("not known") if value is None else _t("yes") if value else _t("no")


class Detail:
    """The page of one record on a clock."""

    def __init__(self, record: Instrument, clock: Clock, user=None):
        self.record, self.clock, self.user = record, clock, user
        self.marks = SourceMarks()
        self.kind = type(record)

    def context(self) -> dict[str, Any]:
        record = self.record
        return {
            "instrument": record,
            "title": record.name,
            "stage": StageMark.of(record),
            "steps": self.steps(),
            "facts": [row for row in self.facts() if row],
            "milestones": [self.milestone(milestone) for milestone in record.known_milestones],
            "disputes": [dispute_row(dispute, self.field_label(dispute)) for dispute in record.known_disputes],
            "countries": [
                {
                    "country": part.country,
                    "role_label": part.get_role_display(),
                    "reason": part.reason,
                    "days": self.days(part),
                }
                for part in record.countries_then
            ],
            "organisations": [
                {"organisation": part.organisation, "role_label": part.get_role_display()}
                for part in record.organisations_then
            ],
            "themes": sorted(record.themes_then, key=lambda theme: theme.name),
            "relations": self.relations(),
            "commitments": [self.commitment(commitment) for commitment in record.known_commitments],
            "figures": [figure_row(figure) for figure in record.known_figures],
            "citations": self.citations(),
            "notes": [note_text(note) for note in record.notes],
            "references": [{"label": label, "url": url} for label, url in record.references()],
            "told": [
                {"source": citation.source, "locator": citation.locator}
                for citation in record.known_citations
                if citation.source.kind == "letter"
            ],
            "stalled": record.is_stalled,
            "stalled_rule": stalled_rule(),
            "marks": self.marks,
        }

    def facts(self) -> list[FactRow | None]:
        """Key facts; a kind says which are its own."""
        return []

    def sources(self, *milestone_kinds: str, last: bool = False) -> list[Source]:
        """Where it stands that the first (or the last) of these occurred."""
        occurred = [milestone for milestone in self.record.known(*milestone_kinds) if milestone.said == "occurred"]
        return occurred[-1 if last else 0].sources if occurred else []

    def link(self, record: Instrument | None) -> tuple[str, str] | None:
        """Another record as the value of a fact."""
        return (record.name, at(record.get_absolute_url(), self.clock)) if record else None

    def cited(self, name: str) -> list[Source]:
        """The sources in which a field stands."""
        return [citation.source for citation in self.record.known_citations if citation.field == name]

    def is_disputed(self, name: str) -> bool:
        """Whether sources disagree about a field."""
        return any(dispute.field == name for dispute in self.record.known_disputes)

    # --- the ladder --------------------------------------------------------------------------------------------------

    def steps(self) -> list[dict[str, Any]]:
        """The rungs with their days: passed, passed on a day that is not known, now, or next."""
        record, ladder = self.record, self.kind.ladder
        if ladder.evidence:
            return []
        stage = record.stage
        ended = stage in ladder.end_stages
        reached = self._furthest() if ended else ladder.stages.index(stage)
        last = ladder.stages.index(record.final_rung)
        rows = [self._step(place, reached, ended) for place in range(max(last, reached) + 1)]
        if ended:
            by = next((m for m in record.known_milestones if ladder.ends.get(m.kind) == stage), None)
            rows.append(self._step_row(stage, "end", by))
        return rows

    def _furthest(self) -> int:
        ladder = self.kind.ladder
        rungs = [ladder.rung(m.kind, self.record.kind) for m in self.record.known_milestones if self._has_come(m)]
        return max((ladder.stages.index(rung) for rung in rungs if rung), default=0)

    def _has_come(self, milestone: Milestone) -> bool:
        return milestone.said == "occurred" and milestone.date.first <= self.clock.valid_on

    def _step(self, place: int, reached: int, ended: bool) -> dict[str, Any]:
        ladder = self.kind.ladder
        brought = [
            m for m in self.record.known_milestones if ladder.rung(m.kind, self.record.kind) == ladder.stages[place]
        ]
        come = next((m for m in brought if self._has_come(m)), None)
        if place > reached:
            return self._step_row(ladder.stages[place], "next", self._next(brought))
        state = "now" if place == reached and not ended else "passed" if come else "gap"
        return self._step_row(ladder.stages[place], state, come)

    def _next(self, brought: list[Milestone]) -> Milestone | None:
        """What brings a stage that is not reached: what came after the day of the clock, else what is expected."""
        later = (milestone for milestone in brought if milestone.said == "occurred")
        expected = (one for one in self.record.open_expectations(self.clock) if one in brought)
        return next(later, None) or next(expected, None)

    def _step_row(self, stage: str, state: str, milestone: Milestone | None) -> dict[str, Any]:
        mark = StageMark(self.kind, stage)
        doubt = "" if self.record.stage_certain else _t("uncertain")
        to_come = self._when(milestone) if milestone else ""
        note = {"gap": _t("passed; no day known"), "next": to_come, "now": doubt, "end": doubt}.get(state, "")
        return {
            "label": capfirst(mark.label),
            "state": state,
            "mark": mark.mark,
            "date": milestone.date if milestone else None,
            "sources": milestone.sources if milestone else [],
            "note": note,
        }

    def _when(self, milestone: Milestone) -> str:
        """How the day of a stage that is not reached is meant."""
        if milestone.said == "occurred":
            return _t("after the day of the clock")
        return _t("was expected, no word since") if milestone.has_passed(self.clock) else _t("expected")

    # --- what happened -----------------------------------------------------------------------------------------------

    def milestone(self, milestone: Milestone) -> dict[str, Any]:
        return {
            **milestone_row(milestone, self.clock, self.record.is_open(milestone)),
            "is_step": self.kind.ladder.moves(milestone.kind),
            "outcome_text": self._outcome(milestone),
            "disputed": any(dispute.milestone_key == milestone.key for dispute in self.record.known_disputes),
        }

    def _outcome(self, expectation: Milestone) -> str:
        """What became of something that was expected."""
        closing = (one for one in self.record.known_milestones if one.fulfils_id == expectation.pk)
        came = next((one for one in closing if one.said != "expected"), None)
        if came is None:
            return ""
        return _t("happened: %s") % came.date.words() if came.said == "occurred" else _t("cancelled")

    def field_label(self, about) -> str:
        """The field that a citation or a dispute is about, in words."""
        if about.milestone_key:
            known = (m for m in self.record.known_milestones if m.key == about.milestone_key)
            return next((_t("day: %s") % milestone.kind_label for milestone in known), about.milestone_key)
        return field_name(self.kind, about)

    def citations(self) -> list[dict[str, Any]]:
        """Where facts stand: for each field the places in sources, and the sources that give none."""
        by_field: dict[str, dict[str, Any]] = {}
        for citation in self.record.known_citations:
            label = self.field_label(citation)
            row = by_field.setdefault(label, {"field_label": label, "places": [], "sources": []})
            if citation.locator:
                row["places"].append({"locator": citation.locator, "source": citation.source})
            else:
                row["sources"].append(citation.source)
        return list(by_field.values())

    def relations(self) -> list[dict[str, Any]]:
        own = [
            {
                "label": relation.get_type_display(),
                "instrument": relation.to,
                "text": relation.to_text,
            }
            for relation in self.record.visible_relations
        ]
        incoming = [
            {"label": INVERSE[relation.type], "instrument": relation.instrument, "text": ""}
            for relation in self.record.visible_relations_to
        ]
        return own + incoming

    def commitment(self, commitment) -> dict[str, Any]:
        state = commitment.state_on(self.clock)
        had_come = commitment.outcome_had_come(self.clock)
        return {
            "what": commitment.what,
            "made_in": commitment.made_in,
            "due": commitment.due,
            "state": state,
            "outcome": commitment.outcome if had_come else "",
            "outcome_date": commitment.outcome_on if had_come else None,
            "late_days": commitment.days_late if had_come else None,
            "fulfilled_by": commitment.told_by(self.clock),
        }

    @staticmethod
    def days(part) -> str:
        """From when to when a role is held, in words."""
        words = [
            _t("from %s") % part.since.words(short=True) if part.since else "",
            _t("until %s") % part.until.words(short=True) if part.until else "",
        ]
        return " ".join(filter(None, words))


def stalled_rule() -> str:
    """When a file counts as stalled, in words."""
    words = ngettext(
        "A next step is due, none is planned on a day to come, and nothing happened for %d month.",
        "A next step is due, none is planned on a day to come, and nothing happened for %d months.",
        STALLED_MONTHS,
    )
    return words % STALLED_MONTHS


def milestone_row(milestone: Milestone, clock: Clock, is_open: bool) -> dict[str, Any]:
    """A milestone in a list of what happened, as of a clock; `is_open`: nothing that is known has closed it."""
    expectation = milestone.fulfils
    late = None
    if expectation and expectation.date.is_exact and milestone.date.is_exact:
        late = (milestone.date.first - expectation.date.first).days
    return {
        "label": milestone.kind_label,
        "words": told(milestone, clock, is_open),
        "is_without_word": is_without_word(milestone, clock, is_open),
        "date": milestone.date,
        "state": milestone.said,
        "is_later": milestone.date.first > clock.valid_on,
        "late_days": late,
        "fulfils_text": _t("was expected: %s") % expectation.date.words() if expectation else "",
        "sources": milestone.sources,
        "reference": milestone.reference,
        "note": milestone.note,
        "anchor": f"milestone-{milestone.key}",
    }


# What a citation names by one word, and stands in two fields: one for each language.
IN_TWO_LANGUAGES = {
    "title": _("title"),
    "short_name": _("short name"),
    "summary": _("summary"),
    "outcome": _("outcome"),
}


def field_name(model: type[Model], about) -> str:
    """The field that a citation or a dispute is about, in words."""
    if about.field == "general":
        return _t("the whole of it")
    try:
        related = model._meta.get_field(about.field)
    except FieldDoesNotExist:
        return str(IN_TWO_LANGUAGES.get(about.field, about.field))
    return str(getattr(related, "verbose_name", "")) or _t(related.name)


def dispute_row(dispute, label: str) -> dict[str, Any]:
    """A dispute with what each source claims."""
    return {
        "label": capfirst(label),
        "follows": dispute.follows is not None,
        "note": dispute.note,
        "claims": [
            {
                "value_html": _claim_html(claim.value),
                "source": claim.source,
                "followed": dispute.follows_id == claim.source_id,
            }
            for claim in dispute.known_claims
        ],
    }


def figure_row(figure) -> dict[str, Any]:
    """A figure with its value in words; a bound is never exact, so only a value can be approximate."""
    value, low, high = (
        None if number is None else number_format(number, force_grouping=True)
        for number in (figure.value, figure.min, figure.max)
    )
    if value is None:
        if low and high:
            value = _t("%(min)s to %(max)s") % {"min": low, "max": high}
        else:
            value = _t("at least %s") % low if low else _t("at most %s") % high
    return {
        "label": figure.label,
        "value": value,
        "unit": translated(figure.unit),
        "when": date_html(figure.date, short=True) if figure.date else figure.period.words_of_period(),
        "notes": [note_text(note) for note in figure.notes],
        "source": figure.source,
        "approximate": figure.approximate and figure.value is not None,
    }


def _claim_html(value: str) -> SafeString:
    """A claimed value: a date in words, anything else as it is."""
    try:
        return date_html(EDTF(value))
    except ValueError:
        return format_html("{}", text_html(value))


def where_it_stands(record: Instrument, source: Source) -> list[str]:
    """Which facts of a record (`fetch`, whole) stand in a source, in words."""
    found = [
        f"{capfirst(milestone.kind_label)} {milestone.date.words(short=True)}"
        for milestone in record.known_milestones
        if source in milestone.sources
    ]
    found += [
        text_html(citation.locator) or _t("the whole of it")
        for citation in record.known_citations
        if citation.source_id == source.pk
    ]
    if any(claim.source_id == source.pk for dispute in record.known_disputes for claim in dispute.known_claims):
        found.append(_t("a claim in a dispute"))
    if any(source.pk in (promise.made_in_id, promise.fulfilled_by_id) for promise in record.known_commitments):
        found.append(_t("a commitment"))
    return list(dict.fromkeys(found))
