"""Every address of the register."""

from collections.abc import Sequence

from django.urls import include, path, re_path
from django.views.generic import TemplateView

from cooperation.pages.benelux import BeneluxPage
from cooperation.register.api import docs
from cooperation.register.features.commitments import CommitmentListPage
from cooperation.register.features.countries import countries, country
from cooperation.register.features.organisations import OrganisationListPage, OrganisationPage
from cooperation.register.features.saved_views.lists import SavedViewListPage
from cooperation.register.features.saved_views.pages import DeleteViewPage, SavedViewPage, SavePage
from cooperation.register.features.search import SearchPage
from cooperation.register.features.sources import SourceListPage, SourcePage
from cooperation.register.features.timeline import TimelinePage
from cooperation.register.kind import Kind
from cooperation.register.lists.choices import stages_by_mark
from placements.gaps.page import GapsPage

from . import api, errors, home, machines
from .admin import admin
from .admin import index as admin_index
from .kinds import BRIEFING, KINDS
from .operations import health


def addresses(kinds: Sequence[Kind], briefing: Sequence[Kind]) -> list:
    """Every address, for these kinds in the order of the pages, and in that of the page of a country."""
    return [
        path("", home.home, {"kinds": kinds}, name="home"),
        path("benelux/", BeneluxPage.as_view(), name="benelux"),
        path("placements/gaps/", GapsPage.as_view(), name="gaps"),  # before the pages of single placements
        *(kind.list_address for kind in kinds),
        *(kind.detail_address for kind in kinds),
        path("countries/", countries, {"kinds": kinds}, name="countries"),
        re_path(r"^countries/(?P<code>[A-Za-z]{2})/$", country, {"kinds": briefing}, name="country"),
        path("search/", SearchPage.as_view(), name="instruments-list"),
        path("timeline/", TimelinePage.as_view(), name="milestones-list"),
        path("commitments/", CommitmentListPage.as_view(), name="commitments-list"),
        path("sources/", SourceListPage.as_view(), name="sources-list"),
        path("sources/<slug:key>/", SourcePage.as_view(), name="source"),
        path("organisations/", OrganisationListPage.as_view(), name="organisations-list"),
        path("organisations/<slug:key>/", OrganisationPage.as_view(), name="organisation"),
        path("views/", SavedViewListPage.as_view(), name="views-list"),
        path("views/save/<slug:resource>/", SavePage.as_view(), name="save-view"),
        path("views/<slug:key>/", SavedViewPage.as_view(), name="saved-view"),
        path("views/<slug:key>/delete/", DeleteViewPage.as_view(), name="delete-view"),
        path("", include("config.accounts.urls")),
        path(
            "marks/",
            TemplateView.as_view(template_name="register/marks.html", extra_context={"stages": stages_by_mark}),
            name="marks",
        ),
        path("api/docs/", docs.index, name="api-docs"),
        path("api/docs/<slug:resource>/", docs.resource, name="api-docs-resource"),
        path("api/v1/", include((api.addresses(kinds), api.app_name))),
        # Django's way from a form to the page of a record. It asks nobody, and would tell the key of a hidden one.
        re_path(r"^admin/r/", errors.not_found),
        path("admin/", admin_index),
        path("admin/", admin.site.urls),
        path("robots.txt", machines.robots_txt, name="robots-txt"),
        path(".well-known/security.txt", machines.security_txt, name="security-txt"),
        path("healthz", health.healthz, name="healthz"),
        path("readyz", health.readyz, name="readyz"),
    ]


urlpatterns = addresses(KINDS, BRIEFING)

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
