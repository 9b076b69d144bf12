"""Every address of the register."""

from django.urls import include, path, re_path
from django.views.generic import TemplateView

from cooperation.register.views import OrganisationPage, SourceListPage, SourcePage

from . import docs, errors, health, home

urlpatterns = [
    path("", home.home, name="home"),
    path("", include("cooperation.urls")),
    path("", include("placements.urls")),
    path("countries/", home.countries, name="countries"),
    re_path(r"^countries/(?P<code>[A-Za-z]{2})/$", home.country, name="country"),
    path("sources/", SourceListPage.as_view(), name="sources-list"),
    path("sources/<slug:key>/", SourcePage.as_view(), name="source"),
    path("organisations/<slug:key>/", OrganisationPage.as_view(), name="organisation"),
    path("marks/", TemplateView.as_view(template_name="register/marks.html"), name="marks"),
    path("api/docs/", docs.docs, name="api-docs"),
    path("api/v1/", include("config.api")),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
