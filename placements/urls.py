"""Pages of placements."""

from django.urls import path

from .views import PlacementList, PlacementPage

urlpatterns = [
    path("placements/", PlacementList.as_view(), name="placements-list"),
    path("placements/<slug:key>/", PlacementPage.as_view(), name="placements-detail"),
]
