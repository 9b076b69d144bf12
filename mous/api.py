"""MoUs in the API."""

from django.utils.translation import gettext_lazy as _

from cooperation.register.api.viewsets import InstrumentViewSet

from .columns import MEMORANDUM_COLUMNS
from .filters import MemorandumFilter
from .models import Memorandum
from .serializers import MemorandumSerializer


class MemorandumViewSet(InstrumentViewSet):
    about = _("What is agreed with other countries and services: MoUs, letters of intent, statements, agreements.")
    queryset = Memorandum.objects.all()
    filterset_class = MemorandumFilter
    columns = MEMORANDUM_COLUMNS
    serializer_class = MemorandumSerializer
