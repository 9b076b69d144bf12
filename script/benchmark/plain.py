"""A plain DRF viewset on the same tables, as anyone would write one from the documentation in an afternoon.

Its settings and middleware are those of the register, so that only the viewset differs.
"""

from datetime import date

import django_filters
from django.db.models import Count, F, Q
from django.urls import include, path
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import renderers, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.pagination import PageNumberPagination
from rest_framework.response import Response
from rest_framework.routers import DefaultRouter

from cooperation.register.models import (
    Citation,
    Claim,
    Country,
    CountryRole,
    Dispute,
    Milestone,
    OrganisationRole,
    Source,
    Theme,
)
from placements.models import Placement


class SourceSerializer(serializers.ModelSerializer):
    class Meta:
        model = Source
        fields = ["key", "title"]


class MilestoneSerializer(serializers.ModelSerializer):
    date = serializers.CharField()
    source = SourceSerializer()
    also_sources = SourceSerializer(many=True)

    class Meta:
        model = Milestone
        fields = [
            *("key", "kind", "date", "state", "source", "also_sources", "known_from", "fulfils", "reference"),
            *("note_nl", "note_en"),
        ]


class CountryRoleSerializer(serializers.ModelSerializer):
    since = serializers.CharField()
    until = serializers.CharField()

    class Meta:
        model = CountryRole
        fields = ["country", "role", "reason_nl", "reason_en", "since", "until"]


class OrganisationRoleSerializer(serializers.ModelSerializer):
    organisation = serializers.SlugRelatedField("key", read_only=True)

    class Meta:
        model = OrganisationRole
        fields = ["organisation", "role"]


class CitationSerializer(serializers.ModelSerializer):
    source = serializers.SlugRelatedField("key", read_only=True)

    class Meta:
        model = Citation
        fields = ["field", "source", "locator"]


class ClaimSerializer(serializers.ModelSerializer):
    source = serializers.SlugRelatedField("key", read_only=True)

    class Meta:
        model = Claim
        fields = ["value", "source"]


class DisputeSerializer(serializers.ModelSerializer):
    claims = ClaimSerializer(many=True)

    class Meta:
        model = Dispute
        fields = ["field", "claims", "note_nl", "note_en"]


class PlacementSerializer(serializers.ModelSerializer):
    stage = serializers.CharField()
    stage_certain = serializers.BooleanField()
    themes = serializers.SlugRelatedField("key", many=True, read_only=True)
    countries = CountryRoleSerializer(many=True)
    organisations = OrganisationRoleSerializer(many=True)
    milestones = MilestoneSerializer(many=True)
    citations = CitationSerializer(many=True)
    disputes = DisputeSerializer(many=True)

    class Meta:
        model = Placement
        fields = [
            *("key", "resource", "kind", "title_nl", "title_en", "summary_nl", "summary_en", "stage", "stage_certain"),
            *("classification", "themes", "countries", "organisations", "city", "posts", "term_years"),
            *("duration_weeks", "coverage_region", "sending_unit", "milestones", "citations", "disputes", "notes"),
            *("created_at", "updated_at"),
        ]


def day_of(request, name: str) -> date:
    return date.fromisoformat(request.query_params[name]) if name in request.query_params else date.today()


class PlacementFilter(django_filters.FilterSet):
    country = django_filters.ModelChoiceFilter(queryset=Country.objects.all(), method="in_country")
    theme = django_filters.ModelChoiceFilter(queryset=Theme.objects.all(), field_name="themes")
    kind = django_filters.ChoiceFilter(choices=Placement.Kind.choices)
    q = django_filters.CharFilter(method="having_words")

    class Meta:
        model = Placement
        fields = ["country", "theme", "kind", "q"]

    def in_country(self, queryset, name, value):
        day = day_of(self.request, "validOn")
        roles = CountryRole.objects.filter(
            Q(since_days=None) | Q(since_days__startswith=None) | Q(since_days__startswith__lte=day),
            Q(until_days=None) | Q(until_days__endswith=None) | Q(until_days__endswith__gt=day),
            country=value,
            role__in=["host", "covered"],
        )
        return queryset.filter(pk__in=roles.values("instrument"))

    def having_words(self, queryset, name, value):
        return queryset.filter(
            Q(title_nl__icontains=value)
            | Q(title_en__icontains=value)
            | Q(summary_nl__icontains=value)
            | Q(summary_en__icontains=value)
        )


class Pages(PageNumberPagination):
    page_size = 25
    page_size_query_param = "pageSize"


class PlacementViewSet(viewsets.ReadOnlyModelViewSet):
    queryset = Placement.objects.filter(classification="public")
    serializer_class = PlacementSerializer
    lookup_field = "key"
    renderer_classes = [renderers.JSONRenderer, renderers.BrowsableAPIRenderer]
    pagination_class = Pages
    filter_backends = [DjangoFilterBackend]
    filterset_class = PlacementFilter

    def get_queryset(self):
        on_both_days = {
            "spans__valid__contains": day_of(self.request, "validOn"),
            "spans__known__contains": day_of(self.request, "knownOn"),
        }
        return (
            super()
            .get_queryset()
            .filter(**on_both_days)
            .annotate(stage=F("spans__stage"), stage_certain=F("spans__certain"))
            .order_by("sort_nl", "key")
            .prefetch_related(
                "themes",
                "countries",
                "organisations__organisation",
                "milestones__source",
                "milestones__also_sources",
                "citations__source",
                "disputes__claims__source",
            )
        )

    @action(detail=False)
    def by_country(self, request):
        day = day_of(request, "validOn")
        found = self.filter_queryset(self.get_queryset()).order_by().values("pk")
        roles = CountryRole.objects.filter(
            Q(since_days=None) | Q(since_days__startswith=None) | Q(since_days__startswith__lte=day),
            Q(until_days=None) | Q(until_days__endswith=None) | Q(until_days__endswith__gt=day),
            role__in=["host", "covered"],
            instrument__in=found,
        )
        counted = roles.order_by().values("country").annotate(count=Count("instrument", distinct=True))
        return Response(list(counted.order_by("country")))


router = DefaultRouter()
router.register("placements", PlacementViewSet)
urlpatterns = [path("", include(router.urls))]
