"""What the kinds of this app offer to the pages that put kinds together."""

from datetime import date, timedelta

from django.utils.translation import gettext as _t

from .columns import EU_PROPOSAL_COLUMNS
from .register import dashboard
from .views import EUProposalList

_BY_KEY = {column.key: column for column in EU_PROPOSAL_COLUMNS}
DAYS_AHEAD = 90


def card(clock, user):
    return dashboard.card(EUProposalList, clock, user)


def attention(clock, user):
    """EU files with a day to come, files that stand still, and facts on which sources disagree."""
    until = min(clock.valid_on, date.max - timedelta(days=DAYS_AHEAD)) + timedelta(days=DAYS_AHEAD)
    return [
        dashboard.attention(
            EUProposalList,
            f"from={clock.valid_on + timedelta(days=1) if clock.valid_on < date.max else date.max}&until={until}",
            _t("EU files with a day to come"),
            _t("within 90 days"),
            "plain",
            clock,
            user,
        ),
        dashboard.attention(
            EUProposalList,
            "stalled=true",
            _t("EU files stalled"),
            _t("no milestone for nine months"),
            "late",
            clock,
            user,
        ),
        dashboard.attention(
            EUProposalList,
            "disputed=true",
            _t("EU files disputed"),
            _t("sources say different things"),
            "doubt",
            clock,
            user,
        ),
    ]


def in_country(country, clock, user, marks):
    """EU files that name a country."""
    columns = [_BY_KEY[key] for key in ("title", "kind", "stage", "expected", "proposed", "adopted")]
    return dashboard.section(
        EUProposalList,
        f"country={country.code}",
        columns,
        _t("EU proposals"),
        "",
        _t("No EU proposal in the register names this country on this day."),
        clock,
        user,
        marks,
    )
