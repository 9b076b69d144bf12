"""The kinds of this app in the API."""

from django.utils.translation import gettext_lazy as _

from . import columns, filters, serializers
from .models import EUProposal, Initiative, InterpolItem, Provision, Treaty
from .register.api.viewsets import InstrumentViewSet


class EUProposalViewSet(InstrumentViewSet):
    about = _("Commission proposals, and the acts that they become.")
    queryset = EUProposal.objects.all()
    filterset_class = filters.EUProposalFilter
    columns = columns.EU_PROPOSAL_COLUMNS
    serializer_class = serializers.EUProposalSerializer


class InterpolItemViewSet(InstrumentViewSet):
    about = _("What is decided in Interpol: assemblies, resolutions, elections, memberships, frameworks.")
    queryset = InterpolItem.objects.prefetch_related("votes")
    filterset_class = filters.InterpolFilter
    columns = columns.INTERPOL_COLUMNS
    serializer_class = serializers.InterpolItemSerializer


class TreatyViewSet(InstrumentViewSet):
    about = _("Treaties on police cooperation, and the agreements that implement them.")
    queryset = Treaty.objects.all()
    filterset_class = filters.TreatyFilter
    columns = columns.TREATY_COLUMNS
    serializer_class = serializers.TreatySerializer


class ProvisionViewSet(InstrumentViewSet):
    about = _("Provisions of treaties: what is new or wider than before, and between which countries each works.")
    queryset = Provision.objects.all()
    filterset_class = filters.ProvisionFilter
    columns = columns.PROVISION_COLUMNS
    serializer_class = serializers.ProvisionSerializer


class InitiativeViewSet(InstrumentViewSet):
    about = _("Cooperation that is no legal act: in the Kingdom, with neighbours, with Suriname.")
    queryset = Initiative.objects.all()
    filterset_class = filters.InitiativeFilter
    columns = columns.INITIATIVE_COLUMNS
    serializer_class = serializers.InitiativeSerializer
