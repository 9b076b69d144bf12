"""What can be asked about MoUs."""

from django.utils.translation import gettext_lazy as _

from cooperation.register.lists.filters import InstrumentFilter, YesOrNo

from .models import Memorandum


class MemorandumFilter(InstrumentFilter):
    binding = YesOrNo(label=_("Binding"), unknown=True)
    exchangeBasis = YesOrNo("exchange_basis", label=_("Basis for exchanging information"), unknown=True)

    ranges = {"signed": ("signed", "renewed"), "inForce": ("in_force", "acceded"), "end": ("expires", "ended")}
    range_labels = {"signed": _("Signed"), "inForce": _("In force"), "end": _("Ended")}

    class Meta(InstrumentFilter.Meta):
        model = Memorandum
