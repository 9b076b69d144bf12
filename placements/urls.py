"""Pages of placements."""

from django.urls import path

from .gaps.page import GapsPage
from .views import PlacementList, PlacementPage

urlpatterns = [
    path("placements/", PlacementList.as_view(), name="placements-list"),
    path("placements/gaps/", GapsPage.as_view(), name="gaps"),
    path("placements/<slug:key>/", PlacementPage.as_view(), name="placements-detail"),
]
