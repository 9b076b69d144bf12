"""Pages of the kinds of this app."""

from django.urls import path

from .views import (
    BeneluxPage,
    EUProposalList,
    EUProposalPage,
    InitiativeList,
    InitiativePage,
    InterpolList,
    InterpolPage,
    ProvisionList,
    TreatyList,
    treaty_or_provision,
)

urlpatterns = [
    path("eu/", EUProposalList.as_view(), name="eu-proposals-list"),
    path("eu/<slug:key>/", EUProposalPage.as_view(), name="eu-proposals-detail"),
    path("interpol/", InterpolList.as_view(), name="interpol-items-list"),
    path("interpol/<slug:key>/", InterpolPage.as_view(), name="interpol-items-detail"),
    path("initiatives/", InitiativeList.as_view(), name="initiatives-list"),
    path("initiatives/<slug:key>/", InitiativePage.as_view(), name="initiatives-detail"),
    path("benelux/", BeneluxPage.as_view(), name="benelux"),
    path("benelux/treaties/", TreatyList.as_view(), name="treaties-list"),
    path("benelux/provisions/", ProvisionList.as_view(), name="provisions-list"),
    path("benelux/<slug:key>/", treaty_or_provision, name="treaties-detail"),
    path("benelux/<slug:key>/", treaty_or_provision, name="provisions-detail"),
]
