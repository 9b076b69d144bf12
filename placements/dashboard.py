"""What placements offer to the pages that put kinds together."""

from django.db.models import Count
from django.utils.translation import gettext as _t
from django.utils.translation import ngettext

from cooperation.register.domain.clock import months_before
from cooperation.register.features import dashboard
from cooperation.register.lists import columns as shared
from cooperation.register.lists.columns import Column

from .columns import PLACEMENT_COLUMNS
from .models import Placement
from .views import PlacementList, on_map

_BY_KEY = {column.key: column for column in PLACEMENT_COLUMNS}


def cards(clock, user):
    return [dashboard.card(PlacementList, clock, user)]


def attention(clock, user):
    """Posts that nobody has confirmed lately."""
    year_ago = months_before(clock.valid_on, 12)
    return [
        dashboard.attention(
            PlacementList,
            "stage=unconfirmed",
            _t("placements unconfirmed"),
            _t("no source since the last evidence, and no end"),
            "doubt",
            clock,
            user,
        ),
        dashboard.attention(
            PlacementList,
            f"notSeenSince={year_ago}",
            _t("placements not seen for a year"),
            _t("active or unconfirmed, in no source since"),
            "doubt",
            clock,
            user,
        ),
    ]


def world(clock, user):
    """Posts and coverage by country."""
    return on_map(PlacementList.queryset.all().visible_to(user).on(clock), clock.valid_on)


def _here(country) -> str:
    """Posts that sit in a country, cover it from elsewhere, or are shared by it."""
    return f"country={country.code}&countryRole=host,covered,partner"


def sections(country, clock, user, marks):
    """Posts that sit in a country, and posts elsewhere that cover it, each with why it is here."""

    words = {"host": _t("sits here"), "covered": _t("covers it from elsewhere")}

    def why(record, clock) -> str:
        parts = [part for part in record.countries_then if part.country_id == country.code]
        return "; ".join(
            str(words.get(part.role) or part.get_role_display()) + (f": {part.reason}" if part.reason else "")
            for part in parts
        )

    columns = [
        _BY_KEY["title"],
        Column("why", _t("Why here"), why),
        shared.STAGE,
        *(_BY_KEY[key] for key in ("start", "lastEvidence", "plannedEnd", "end")),
    ]
    return [
        dashboard.section(
            PlacementList,
            f"{_here(country)}&sort=stage,title",
            columns,
            _t("Posts"),
            _t("Posts that sit in the country, and posts elsewhere that serve it"),
            clock,
            user,
            marks,
        )
    ]


def country_sentence(country, clock, user) -> str:
    """What can be said aloud of the posts for a country."""
    posts = dashboard.ask(PlacementList, _here(country), clock, user).selection
    stages = dict(posts.order_by().values_list("stage").annotate(count=Count("pk")))
    if not stages:
        return _t("The register knows no post in or for %s on this day.") % country.name
    words = ", ".join(
        f"{stages[stage]} {Placement.Stage(stage).label}" for stage in Placement.ladder.every_stage if stage in stages
    )
    count = sum(stages.values())
    return ngettext(
        "%(count)d post in or for %(country)s on this day: %(stages)s. %(sitting)d of them sits there.",
        "%(count)d posts in or for %(country)s on this day: %(stages)s. %(sitting)d of them sit there.",
        count,
    ) % {
        "count": count,
        "country": country.name,
        "stages": words,
        "sitting": posts.in_country([country.code], clock.valid_on, ["host"]).count(),
    }
