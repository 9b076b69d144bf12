"""Commitments of all records: what was promised where, until when, and by what it was kept. Page and API."""

from dataclasses import replace

from django.db.models import Count, Q
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from ..api.fields import KeyOf, RecordUrl, Url
from ..api.serializers import CommitmentSerializer
from ..api.viewsets import ListViewSet
from ..lists import beside
from ..lists.child_rows import KEY, RECORD, RESOURCE, ByRecordFilter, by_days
from ..lists.columns import MATCH, Column, by_field
from ..lists.filters import AnyOf, Day, KeysOf
from ..models import Commitment, Source
from ..models.commitment import out_on
from ..templatetags.register import at
from ..views import ListPage

STATES = {"kept": _("kept"), "open": _("open"), "overdue": _("overdue")}


class CommitmentFilter(ByRecordFilter):
    state = AnyOf(choices=list(STATES.items()), label=_("State"), opposite=_("Not in state"))
    madeIn = KeysOf("made_in__key", queryset=Source.objects.all(), label=_("Made in"))
    dueFrom = Day(label=_("Due from"), method="no_filter")
    dueUntil = Day(label=_("Due until"), method="no_filter")

    days = ("due_days", "dueFrom", "dueUntil")
    ranges = {"due": ()}
    range_labels = {"due": _("Due")}

    class Meta:
        model = Commitment
        fields = []

    def standing_in(self, queryset, name, value):
        made = Q(made_in__key__in=value)
        kept = Q(out_on(self.clock.known_on), fulfilled_by__isnull=False, fulfilled_by__key__in=value)
        return made | kept


def _due(promise, clock):
    return promise.due


def _once_known(read):
    """What came of it, where that could be told on the clock."""
    return lambda promise, clock: read(promise) if promise.outcome_had_come(clock) else None


def what_cell(promise, clock, marks):
    return format_html("{}{}", promise.what, marks.mark(promise.made_in))


def made_in_cell(promise, clock, marks):
    source = promise.made_in
    return format_html('<a href="{}">{}</a>', at(source.get_absolute_url(), clock), source.reference or source.title)


def outcome_cell(promise, clock, marks):
    return render_to_string("register/cells/outcome.html", outcome(promise, clock) | {"marks": marks})


def outcome(promise, clock) -> dict:
    """What came of a promise: its words, the document that tells, how many days late it was."""
    told = promise.outcome_had_come(clock)
    return {
        "state": promise.state_on(clock),
        "outcome": promise.outcome if told else "",
        "outcome_on": promise.outcome_on if told else None,
        "kept_by": promise.told_by(clock),
        "late_days": promise.days_late if told else None,
    }


_outcome_on = _once_known(lambda promise: promise.outcome_on)


def _documents(promise, clock):
    document = promise.told_by(clock)
    return [document] if document else []


COMMITMENT_COLUMNS = [
    Column(
        "what",
        _("Commitment"),
        lambda promise, clock: promise.what,
        what_cell,
        beside=(beside.sources("what", _("Commitment"), lambda promise, clock: [promise.made_in]),),
    ),
    RECORD,
    Column(
        "madeIn", _("Made in"), lambda promise, clock: promise.made_in.title, made_in_cell, by_field("made_in__sort")
    ),
    Column("due", _("Due"), _due, sort=by_days("due_days"), beside=beside.dates("due", _("Due"), _due)),
    Column(
        "state", _("State"), lambda promise, clock: str(STATES[promise.state]), outcome_cell, sort=by_field("state")
    ),
    Column("outcome", _("Outcome"), _once_known(lambda promise: promise.outcome), shown=False),
    Column(
        "outcomeDate",
        _("Day of the outcome"),
        _outcome_on,
        shown=False,
        beside=beside.dates("outcomeDate", _("Day of the outcome"), _outcome_on),
    ),
    Column(
        "fulfilledBy",
        _("Kept by"),
        lambda promise, clock: document.title if (document := promise.told_by(clock)) else None,
        shown=False,
        beside=(beside.sources("fulfilledBy", _("Kept by"), _documents),),
    ),
    Column("daysLate", _("Days late"), _once_known(lambda promise: promise.days_late), shown=False, numeric=True),
    Column(
        "daysSincePromise",
        _("Days after the promise"),
        _once_known(lambda promise: promise.days_since_promise),
        numeric=True,
    ),
    RESOURCE,
    KEY,
    replace(MATCH, text=None),  # the database writes no list of these
]


class CommitmentListPage(ListPage):
    """What was promised and what came of it; the first that is due comes first."""

    queryset = Commitment.objects.all()
    filterset_class = CommitmentFilter
    columns = COMMITMENT_COLUMNS
    resource = "commitments"
    default_sort = ("due",)
    noun, nouns = _("commitment"), _("commitments")
    open_fields = ("q", "state", "resource")
    folded = (
        (_("Made in"), ("madeIn",)),
        (_("Country"), ("country",)),
        (_("Organisation"), ("organisation",)),
        (_("Source"), ("source",)),
        (_("Kind of instrument"), ("kind",)),
    )

    def sentence(self, found):
        counted = dict(self.question.selection.order_by().values_list("state").annotate(count=Count("pk")))
        parts = (f"{counted[state]} {label}" for state, label in STATES.items() if state in counted)
        told, possible = self.on_the_day(super().sentence(found), parts), self.question.count_possible
        if not possible:
            return told
        apart = _t("Certainly in these days: {certain}. Their date is vague, and may lie in them: {possible}.")
        return format_html("{} " + apart, told, certain=found.total - possible, possible=possible)


class EveryCommitmentSerializer(CommitmentSerializer):
    """Something promised, with the record it belongs to. `key` is that of the record, a dot, and a number."""

    url = Url("commitments", "full_key")
    key = serializers.CharField(source="full_key")
    instrument = KeyOf()
    resource = serializers.CharField(source="instrument.resource")
    record_url = RecordUrl()
    match_certain = serializers.BooleanField(
        allow_null=True, help_text=_("For a question with a range of days: whether it is certainly due in it.")
    )
    days_since_promise = serializers.IntegerField(allow_null=True, read_only=True)

    class Meta(CommitmentSerializer.Meta):
        fields = [
            *("url", "key", "instrument", "resource", "record_url"),
            *CommitmentSerializer.Meta.fields,
            "days_since_promise",
            "match_certain",
        ]

    OUTCOME = (*CommitmentSerializer.OUTCOME, "daysSincePromise")


class CommitmentViewSet(ListViewSet):
    about = _("What was promised in a source, when it is due, and by what it was kept, on the clock.")
    queryset = Commitment.objects.all()
    filterset_class = CommitmentFilter
    columns = COMMITMENT_COLUMNS
    serializer_class = EveryCommitmentSerializer
    default_sort = ("due",)
    lookup_field = "full_key"
    lookup_url_kwarg = "key"
    lookup_value_regex = r"[a-z0-9-]+\.[0-9]+"
