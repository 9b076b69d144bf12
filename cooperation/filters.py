"""What can be asked about the kinds of this app."""

from django.utils.translation import gettext_lazy as _

from .models import Comparison, EUProposal, Initiative, InterpolItem, Provision, Subject, Track, Treaty
from .register.lists.filters import AnyOf, InstrumentFilter, KeysOf, YesOrNo


class EUProposalFilter(InstrumentFilter):
    package = AnyOf(choices=EUProposal.Package.choices, label=_("Package"), opposite=_("Not in package"))

    ranges = {
        "proposed": ("proposed",),
        "adopted": ("council_adopted",),
        "signed": ("signed",),
        "inForce": ("entry_into_force",),
        "applied": ("applies_from", "transposition_deadline"),
    }
    range_labels = {
        "proposed": _("Proposed"),
        "adopted": _("Adopted"),
        "signed": _("Signed"),
        "inForce": _("In force"),
        "applied": _("Applied"),
    }

    class Meta(InstrumentFilter.Meta):
        model = EUProposal


class InterpolFilter(InstrumentFilter):
    ranges = {
        "decided": ("closed", "elected", "resolution_adopted", "framework_adopted", "agreement_signed"),
        "inForce": ("admitted", "term_started", "applies_from", "entry_into_force"),
    }
    range_labels = {"decided": _("Decided"), "inForce": _("In force")}

    class Meta(InstrumentFilter.Meta):
        model = InterpolItem


class InitiativeFilter(InstrumentFilter):
    track = AnyOf(choices=Track.choices, label=_("Track"), opposite=_("Not on track"))

    ranges = {"start": ("started", "observed"), "end": ("completed", "ended")}
    range_labels = {"start": _("Started"), "end": _("Ended")}

    class Meta(InstrumentFilter.Meta):
        model = Initiative


class TreatyFilter(InstrumentFilter):
    treaty = KeysOf("under_treaty__key", queryset=Treaty.objects.all(), label=_("Under the treaty"))

    ranges = {"signed": ("signed",), "approved": ("approved",), "inForce": ("entry_into_force",)}
    range_labels = {"signed": _("Signed"), "approved": _("Approved"), "inForce": _("In force")}

    class Meta(InstrumentFilter.Meta):
        model = Treaty


class ProvisionFilter(InstrumentFilter):
    treaty = KeysOf("treaty__key", queryset=Treaty.objects.all(), label=_("Treaty"))
    subject = AnyOf(choices=Subject.choices, label=_("Subject"), opposite=_("Not about subject"))
    comparedToPredecessor = AnyOf(
        "compared_to_predecessor", choices=Comparison.choices, label=_("Compared with the treaty before")
    )
    needsImplementingAgreement = YesOrNo(
        "needs_implementing_agreement", label=_("Needs an implementing agreement"), unknown=True
    )
    articleVerified = YesOrNo("article_verified", label=_("Article number verified"))

    class Meta(InstrumentFilter.Meta):
        model = Provision
