"""Pages of MoUs."""

from django.urls import path

from .views import MemorandumList, MemorandumPage

urlpatterns = [
    path("mous/", MemorandumList.as_view(), name="mous-list"),
    path("mous/<slug:key>/", MemorandumPage.as_view(), name="mous-detail"),
]
