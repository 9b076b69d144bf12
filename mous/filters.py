"""What can be asked about MoUs."""

from django.utils.translation import gettext_lazy as _

from cooperation.register.lists.filters import InstrumentFilter, yes_no_or_unknown

from .models import Memorandum


class MemorandumFilter(InstrumentFilter):
    binding = yes_no_or_unknown(_("Binding"))
    exchangeBasis = yes_no_or_unknown(_("Basis for exchanging information"))

    ranges = {"signed": ("signed", "renewed"), "inForce": ("in_force", "acceded"), "end": ("expires", "ended")}
    range_labels = {"signed": _("Signed"), "inForce": _("In force"), "end": _("Ended")}

    class Meta(InstrumentFilter.Meta):
        model = Memorandum
