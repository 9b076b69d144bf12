"""EU proposals, Interpol items, treaties, provisions, initiatives: the declarations of the kinds."""

from collections import Counter, defaultdict

from django.db.models import Count
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from . import columns, filters, serializers
from .admin import VoteInline
from .models import EUProposal, Initiative, InterpolItem, Provision, Treaty
from .pages.benelux import ABOVE, ProvisionDetail, TreatyDetail, TreatyPage
from .pages.eu import EUProposalDetail, card_lines, progress
from .pages.initiatives import InitiativeDetail
from .pages.interpol import InterpolDetail, counts_of_members, members
from .register.domain.text import sort_key
from .register.features import dashboard
from .register.kind import Kind, Section
from .register.lists.columns import Column


def by_treaty(question, query, together):
    """Provisions counted by treaty and stage; each number opens its list."""
    clock, user, provisions = question.clock, question.user, question.selection
    counts: defaultdict[int, Counter] = defaultdict(Counter)
    for treaty, stage, number in provisions.order_by().values_list("treaty", "stage").annotate(count=Count("pk")):
        counts[treaty][stage] = number
    treaties = Treaty.objects.fetch_keys(list(counts), clock, user, together=together)

    def numbers(treaty, clock, marks):
        by_stage = counts[treaty.pk]
        links = (
            (
                dashboard.address(PROVISIONS.list_page, f"{query}&treaty={treaty.key}&stage={stage}", clock),
                by_stage[stage],
                Provision.Stage(stage).label,
            )
            for stage in Provision.ladder.every_stage
            if by_stage[stage]
        )
        return format_html_join(", ", '<a href="{}"><b>{}</b> {}</a>', links)

    def all_of_them(treaty, clock, marks):
        url = dashboard.address(PROVISIONS.list_page, f"{query}&treaty={treaty.key}", clock)
        return format_html('<a href="{}"><b>{}</b></a>', url, counts[treaty.pk].total())

    columns = [
        *dashboard.chosen(TREATIES.list_page, "title"),
        Column("count", _t("Provisions"), None, all_of_them, numeric=True),
        Column("stages", _t("Stage"), None, numbers),
    ]
    treaties.sort(key=lambda treaty: sort_key(treaty.name))
    return {
        "columns": dashboard.heads(columns),
        "rows": dashboard.table_rows(treaties, columns, clock, None),
        "more": 0,
    }


EU_PROPOSALS = Kind(
    model=EUProposal,
    menu=(_("EU"), "eu-proposals-list"),
    path="eu/",
    about=_("Commission proposals, and the acts that they become."),
    filterset=filters.EUProposalFilter,
    columns=columns.EU_PROPOSAL_COLUMNS,
    serializer=serializers.EUProposalSerializer,
    detail=EUProposalDetail,
    views=("table", "board", "map", "chart", "pivot", "changes"),
    list_template="cooperation/eu.html",
    card_lines=card_lines,
    beside=progress,
    section=Section(
        _("EU proposals"), _("Proposals and acts that name the country"), ("title", "stage", "expected", "proposed")
    ),
)
INTERPOL_ITEMS = Kind(
    model=InterpolItem,
    menu=(_("Interpol"), "interpol-items-list"),
    path="interpol/",
    about=_("What is decided in Interpol: assemblies, resolutions, elections, memberships, frameworks."),
    filterset=filters.InterpolFilter,
    columns=columns.INTERPOL_COLUMNS,
    serializer=serializers.InterpolItemSerializer,
    detail=InterpolDetail,
    more_sentences=members,
    beside=counts_of_members,
    inlines=[VoteInline],
    section=Section(
        _("Interpol items"),
        _("Sessions, elections and agreements with the country"),
        ("title", "stage", "session", "decided"),
    ),
)
TREATIES = Kind(
    model=Treaty,
    menu=(_("Benelux"), "benelux"),
    path="benelux/treaties/",
    pages_at="benelux/",
    about=_("Treaties on police cooperation, and the agreements that implement them."),
    filterset=filters.TreatyFilter,
    columns=columns.TREATY_COLUMNS,
    serializer=serializers.TreatySerializer,
    detail=TreatyDetail,
    above=ABOVE,
    detail_base=TreatyPage,
    section=Section(_("Treaties"), _("Treaties with the country"), ("title", "stage", "signed", "inForce")),
)
PROVISIONS = Kind(
    model=Provision,
    path="benelux/provisions/",
    pages_at="benelux/",
    about=_("Provisions of treaties: what is new or wider than before, and between which countries each works."),
    filterset=filters.ProvisionFilter,
    columns=columns.PROVISION_COLUMNS,
    serializer=serializers.ProvisionSerializer,
    detail=ProvisionDetail,
    above=ABOVE,
    section=Section(
        _("Treaty provisions"),
        _("Provisions that bind the country, and whether they work"),
        ("title", "subject", "compared", "stage"),
        says_why=False,
        summary=by_treaty,
    ),
)
INITIATIVES = Kind(
    model=Initiative,
    menu=(_("Initiatives"), "initiatives-list"),
    path="initiatives/",
    about=_("Cooperation that is no legal act: in the Kingdom, with neighbours, with Suriname."),
    filterset=filters.InitiativeFilter,
    columns=columns.INITIATIVE_COLUMNS,
    serializer=serializers.InitiativeSerializer,
    detail=InitiativeDetail,
    section=Section(
        _("Initiatives"),
        _("Cooperation that is no legal act"),
        ("title", "track", "stage", "started", "expected"),
    ),
)
KINDS = (EU_PROPOSALS, INTERPOL_ITEMS, TREATIES, PROVISIONS, INITIATIVES)
