"""Pages of Interpol items."""

from collections.abc import Iterator

from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _t

from ..models import InterpolItem, Vote
from ..register.display.dates import date_html
from ..register.display.texts import translated
from ..register.models import Figure, Milestone
from ..register.templatetags.register import at
from ..register.views import InstrumentListPage
from ..register.views.detail import Detail, fact, figure_row


def members(page: InstrumentListPage, found) -> Iterator[str]:
    """How many members Interpol had on the day, by the last record that says so."""
    if (last := last_count(page.clock, page.request.user)) is None:
        return
    item = last.instrument.interpolitem
    words = _t("Interpol had {count} members after {item} ({day}).")
    link = format_html('<a href="{}">{}</a>', at(item.get_absolute_url(), page.clock), item.name)
    parts = {"count": format_html("<b>{}</b>", item.members_after), "item": link, "day": date_html(last.date)}
    yield format_html(words, **parts)


def last_count(clock, user) -> Milestone | None:
    """What happened last, by the clock, of all that left Interpol with a known number of members."""
    counted = InterpolItem.objects.visible_to(user).on(clock).exclude(members_after=None)
    moving = filter(InterpolItem.ladder.moves, InterpolItem.MilestoneKind.values)
    happened = Milestone.objects.had_happened(clock).filter(instrument__in=counted.values("pk"), kind__in=moving)
    return happened.select_related("instrument__interpolitem").last()


def counts_of_members(page: InstrumentListPage, found) -> dict:
    """What every source says of the number of members, the last first."""
    figures = Figure.objects.visible_to(page.request.user).on(page.clock).filter(unit="members")
    so_far = figures.filter(date_days__startswith__lte=page.clock.valid_on).order_by("-date_days", "key")
    return {"figures": [figure_row(figure) for figure in so_far.select_related("source")]}


class InterpolDetail(Detail):
    def facts(self):
        item = self.record
        disputed = self.is_disputed
        told = item.outcome_is_told(self.clock)
        return [
            fact(_t("outcome"), item.outcome, disputed=disputed("outcome")) if told else None,
            fact(_t("session of the General Assembly"), item.session),
            fact(_t("body"), item.body),
            fact(_t("place"), item.place),
            fact(_t("members before"), item.members_before, disputed=disputed("members_before")),
            fact(_t("members after"), item.members_after, disputed=disputed("members_after")) if told else None,
            fact(_t("votes"), *map(in_words, item.votes_then), disputed=disputed("votes")) if told else None,
        ]


def in_words(vote: Vote) -> str:
    """A vote on one line: what it was about, and how it went as far as that is known."""
    counts = (
        (_t("%s for"), vote.in_favour),
        (_t("%s against"), vote.against),
        (_t("%s abstained"), vote.abstain),
    )
    parts = [words % number_format(count, force_grouping=True) for words, count in counts if count is not None]
    parts += [translated(vote.other)] if vote.other else []
    return f"{capfirst(translated(vote.subject))}: {', '.join(parts)}"
