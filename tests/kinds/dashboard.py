"""What lighthouses offer to the pages that put kinds together."""

from cooperation.register.features import dashboard
from cooperation.register.lists import columns as shared

from .views import LighthouseList


def cards(clock, user):
    return [dashboard.card(LighthouseList, clock, user)]


def attention(clock, user):
    return []


def sections(country, clock, user, marks):
    """Lighthouses that stand in a country."""
    columns = [shared.TITLE, shared.STAGE]
    query = f"country={country.code}"
    return [dashboard.section(LighthouseList, query, columns, "Lights", "", clock, user, marks)]
