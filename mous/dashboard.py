"""What MoUs offer to the pages that put kinds together."""

from django.utils.translation import gettext as _t

from cooperation.register.features import dashboard

from .views import MemorandumList


def cards(clock, user):
    return [dashboard.card(MemorandumList, clock, user)]


def attention(clock, user):
    return []


def sections(country, clock, user, marks):
    """What is agreed with a country, and what that allows."""
    return [
        dashboard.section(
            MemorandumList,
            f"country={country.code}",
            dashboard.chosen(
                MemorandumList, "title", "partners", "stage", "signed", "expected", "binding", "exchangeBasis"
            ),
            _t("MoUs"),
            _t("What is agreed with the country, whether it binds, and whether it allows exchanging information"),
            clock,
            user,
            marks,
        )
    ]
