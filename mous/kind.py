"""MoUs: the declaration of the kind."""

from django.utils.translation import gettext_lazy as _

from cooperation.register.kind import Kind, Section

from .columns import MEMORANDUM_COLUMNS
from .filters import MemorandumFilter
from .models import Memorandum
from .pages import MemorandumDetail
from .serializers import MemorandumSerializer

MOUS = Kind(
    model=Memorandum,
    menu=(_("MoUs"), "mous-list"),
    path="mous/",
    about=_("What is agreed with other countries and services: MoUs, letters of intent, statements, agreements."),
    filterset=MemorandumFilter,
    columns=MEMORANDUM_COLUMNS,
    serializer=MemorandumSerializer,
    detail=MemorandumDetail,
    on_map="agreed",
    section=Section(
        _("MoUs"),
        _("What is agreed with the country, whether it binds, and whether it allows exchanging information"),
        ("title", "partners", "stage", "signed", "expected", "binding", "exchangeBasis"),
        says_why=False,
    ),
)
