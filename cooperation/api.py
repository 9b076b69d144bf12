"""The kinds of this app in the API."""

from django.utils.translation import gettext_lazy as _

from .columns import EU_PROPOSAL_COLUMNS
from .filters import EUProposalFilter
from .models import EUProposal
from .register.api import InstrumentViewSet
from .serializers import EUProposalSerializer


class EUProposalViewSet(InstrumentViewSet):
    about = _("Commission proposals, and the acts that they become.")
    queryset = EUProposal.objects.all()
    filterset_class = EUProposalFilter
    columns = EU_PROPOSAL_COLUMNS
    serializer_class = EUProposalSerializer
