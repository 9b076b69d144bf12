"""What the kinds of this app offer to the pages that put kinds together."""

from collections import Counter, defaultdict

from django.db.models import Count
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _t

from . import views
from .models import Provision, Treaty
from .register.domain.text import in_reader_language
from .register.features import dashboard
from .register.lists.columns import Column

# The kinds of this app, in the order of the pages.
PAGES = (views.EUProposalList, views.InterpolList, views.TreatyList, views.ProvisionList, views.InitiativeList)


def cards(clock, user):
    return [dashboard.card(page, clock, user) for page in PAGES]


def attention(clock, user):
    return []


def sections(country, clock, user, marks):
    """What the kinds of this app have to do with a country."""

    def section(page, title, intro, *keys):
        name, *others = dashboard.chosen(page, *keys)
        columns = [name, dashboard.why(country.code), *others]
        return dashboard.section(page, f"country={country.code}", columns, title, intro, clock, user, marks)

    return [
        section(
            views.TreatyList, _t("Treaties"), _t("Treaties with the country"), "title", "stage", "signed", "inForce"
        ),
        _provisions(country, clock, user, marks),
        section(
            views.InitiativeList,
            _t("Initiatives"),
            _t("Cooperation that is no legal act"),
            *("title", "track", "stage", "started", "expected"),
        ),
        section(
            views.EUProposalList,
            _t("EU proposals"),
            _t("Proposals and acts that name the country"),
            *("title", "stage", "expected", "proposed"),
        ),
        section(
            views.InterpolList,
            _t("Interpol items"),
            _t("Sessions, elections and agreements with the country"),
            *("title", "stage", "session", "decided"),
        ),
    ]


def _provisions(country, clock, user, marks):
    """The provisions that bind a country: a few in a table of their own, many counted by treaty."""
    query = f"country={country.code}"
    columns = dashboard.chosen(views.ProvisionList, "title", "subject", "compared", "stage")
    found = dashboard.section(
        views.ProvisionList,
        query,
        columns,
        _t("Treaty provisions"),
        _t("Provisions that bind the country, and whether they work"),
        clock,
        user,
        marks,
    )
    if found["count"] <= dashboard.ON_PAPER:
        return found
    return found | _by_treaty(query, clock, user)


def _by_treaty(query, clock, user):
    """Provisions counted by treaty and stage; each number opens its list."""
    provisions = dashboard.ask(views.ProvisionList, query, clock, user).selection
    counts: defaultdict[int, Counter] = defaultdict(Counter)
    for treaty, stage, number in provisions.order_by().values_list("treaty", "stage").annotate(count=Count("pk")):
        counts[treaty][stage] = number
    treaties = Treaty.objects.visible_to(user).on(clock).filter(pk__in=counts)

    def numbers(treaty, clock, marks):
        by_stage = counts[treaty.pk]
        links = (
            (
                dashboard.address(views.ProvisionList, f"{query}&treaty={treaty.key}&stage={stage}", clock),
                by_stage[stage],
                Provision.Stage(stage).label,
            )
            for stage in Provision.ladder.every_stage
            if by_stage[stage]
        )
        return format_html_join(", ", '<a href="{}"><b>{}</b> {}</a>', links)

    def all_of_them(treaty, clock, marks):
        url = dashboard.address(views.ProvisionList, f"{query}&treaty={treaty.key}", clock)
        return format_html('<a href="{}"><b>{}</b></a>', url, counts[treaty.pk].total())

    columns = [
        *dashboard.chosen(views.TreatyList, "title"),
        Column("count", _t("Provisions"), None, all_of_them, numeric=True),
        Column("stages", _t("Stage"), None, numbers),
    ]
    rows = treaties.with_row_facts(clock).order_by(in_reader_language("sort"), "key")
    return {
        "columns": dashboard.heads(columns),
        "rows": dashboard.table_rows(rows, columns, clock, None),
        "rest": list,
        "more": 0,
    }
