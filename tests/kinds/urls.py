"""Every address of the register, and those of lighthouses: the ROOT_URLCONF of the tests."""

from django.urls import include, path

from config import urls
from config.urls import handler400, handler403, handler404, handler500  # noqa: F401

from .views import LighthouseList, LighthousePage

urlpatterns = [
    path("lighthouses/", LighthouseList.as_view(), name="lighthouses-list"),
    path("lighthouses/<slug:key>/", LighthousePage.as_view(), name="lighthouses-detail"),
    path("api/v1/", include("tests.kinds.api")),
    *(pattern for pattern in urls.urlpatterns if str(pattern.pattern) != "api/v1/"),
]
