"""What can be asked about the kinds of this app."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .models import Comparison, EUProposal, Initiative, InterpolItem, Provision, Subject, Track, Treaty
from .register.lists.filters import AnyOf, InstrumentFilter, KeysOf, yes_no_or_unknown, yes_or_no


class EUProposalFilter(InstrumentFilter):
    package = AnyOf(choices=EUProposal.Package.choices, label=_("Package"), method="in_package")
    packageNot = AnyOf(choices=EUProposal.Package.choices, label=_("Not in package"), method="in_package")

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

    def in_package(self, queryset, name, value):
        return self.either(queryset, name, Q(package__in=value))


class InterpolFilter(InstrumentFilter):
    ranges = {
        "decided": ("closed", "elected", "resolution_adopted", "framework_adopted", "agreement_signed"),
        "inForce": ("admitted", "term_started", "applies_from", "entry_into_force"),
    }
    range_labels = {"decided": _("Decided"), "inForce": _("In force")}

    class Meta(InstrumentFilter.Meta):
        model = InterpolItem


class InitiativeFilter(InstrumentFilter):
    track = AnyOf(choices=Track.choices, label=_("Track"), method="on_track")
    trackNot = AnyOf(choices=Track.choices, label=_("Not on track"), method="on_track")

    ranges = {"start": ("started", "observed"), "end": ("completed", "ended")}
    range_labels = {"start": _("Started"), "end": _("Ended")}

    class Meta(InstrumentFilter.Meta):
        model = Initiative

    def on_track(self, queryset, name, value):
        return self.either(queryset, name, Q(track__in=value))


class TreatyFilter(InstrumentFilter):
    treaty = KeysOf(queryset=Treaty.objects.all(), label=_("Under the treaty"), method="under_treaty")

    ranges = {"signed": ("signed",), "approved": ("approved",), "inForce": ("entry_into_force",)}
    range_labels = {"signed": _("Signed"), "approved": _("Approved"), "inForce": _("In force")}

    class Meta(InstrumentFilter.Meta):
        model = Treaty

    def under_treaty(self, queryset, name, value):
        return queryset.filter(under_treaty__key__in=value)


class ProvisionFilter(InstrumentFilter):
    treaty = KeysOf(queryset=Treaty.objects.all(), label=_("Treaty"), method="of_treaty")
    subject = AnyOf(choices=Subject.choices, label=_("Subject"), method="about_subject")
    subjectNot = AnyOf(choices=Subject.choices, label=_("Not about subject"), method="about_subject")
    comparedToPredecessor = AnyOf(
        choices=Comparison.choices, label=_("Compared with the treaty before"), method="compared"
    )
    needsImplementingAgreement = yes_no_or_unknown(_("Needs an implementing agreement"))
    articleVerified = yes_or_no(_("Article number verified"), "having_answer")

    class Meta(InstrumentFilter.Meta):
        model = Provision

    def of_treaty(self, queryset, name, value):
        return queryset.filter(treaty__key__in=value)

    def about_subject(self, queryset, name, value):
        return self.either(queryset, name, Q(subject__in=value))

    def compared(self, queryset, name, value):
        return queryset.filter(compared_to_predecessor__in=value)
