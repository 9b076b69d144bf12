"""Pages of the kinds of this app."""

from django.urls import path

from .views import EUProposalList, EUProposalPage

urlpatterns = [
    path("eu/", EUProposalList.as_view(), name="eu-proposals-list"),
    path("eu/<slug:key>/", EUProposalPage.as_view(), name="eu-proposals-detail"),
]
