"""The reading API: one viewset for every list, one that adds stages and statistics for a kind of instrument."""

import json

from django.http import Http404, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import condition
from rest_framework import viewsets
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from ..domain.clock import Clock
from ..exports import API_EXPORTS, Records, TooManyRows, exported
from ..features import reference_lists as reference
from ..lists.aggregates import GROUP_BY, check_groupings, statistics
from ..lists.diff import clock_against, compared
from ..lists.query import DETAIL_KEYS, Fault, PageNotFound, Question, Slice
from ..models import Country, Figure, Organisation, Source, Theme
from .conditional import etag
from .diff import changes
from .expand import EXPANDABLE, expanded
from .openapi import QuestionSchema
from .problems import BadQuestion
from .ready_made import ready_made
from .serializers import CountrySerializer, FigureSerializer, OrganisationSerializer, SourceSerializer, ThemeSerializer


@method_decorator(condition(etag_func=etag), name="dispatch")
class ListViewSet(viewsets.ReadOnlyModelViewSet):
    """One list of the register.

    It gives `about` (a sentence for the contract), `queryset`, `filterset_class`, `columns` and `serializer_class`.
    """

    schema = QuestionSchema()
    lookup_field = "key"
    lookup_value_regex = r"[a-z0-9-]+"
    about = ""
    filterset_class = None
    columns = ()
    default_sort = "name"
    http_method_names = ["get", "head"]

    def question(self, params: QueryDict | None = None, **more) -> Question:
        """The question of this request. Raises BadQuestion with all that is wrong with it."""
        question = Question(
            self.queryset.all(),
            self.filterset_class,
            self.columns,
            self.request.query_params if params is None else params,
            self.request.user,
            self.default_sort,
            **{"resource": self.basename, **more},
        )
        if question.words("fields"):  # its fields take as long to list as a page to make
            question.check_words("fields", list(self.serializer_class().fields))
        question.check_words("expand", list(EXPANDABLE))
        return question

    def with_facts(self, rows, clock: Clock):
        """The rows with what the answer needs of their related records."""
        return rows

    def found(self, question: Question) -> tuple[Slice, list[str]]:
        """The rows that were asked for, and each of them as JSON."""
        found = question.slice(lambda rows: self.with_facts(rows, question.clock))
        return found, self.in_json(found.rows, question)

    def one(self, rows, question: Question) -> str | None:
        """The only one of these rows as JSON."""
        return next(iter(self.in_json(self.with_facts(rows, question.clock)[:1], question)), None)

    def in_json(self, records, question: Question) -> list[str]:
        """Records (`with_facts`) as JSON."""
        context = {**self.get_serializer_context(), "clock": question.clock}
        chosen = question.words("fields")
        shown = self.serializer_class(records, many=True, context=context).data
        return [_json(_only(record, chosen)) for record in shown]

    def expanded(self, records: list[str], question: Question) -> str:
        """What `expand` brings along, an empty object when it was not asked."""
        if not (tables := question.words("expand")):
            return "{}"
        context = {**self.get_serializer_context(), "clock": question.clock}
        named = [json.loads(record) for record in records]
        return _json({"expanded": expanded(named, tables, self.request.user, context)})

    def list(self, request, *args, **kwargs):
        question = self.question()
        question.check_depth()
        if question.faults:
            raise BadQuestion(question.faults)
        clock = question.clock
        try:
            if request.query_params.get("format") in API_EXPORTS:
                return exported(Records(question), self.basename, request.build_absolute_uri())
            found, results = self.found(question)
        except PageNotFound:
            raise Http404 from None
        except TooManyRows as error:
            raise BadQuestion([Fault("format", "too_many", str(error))]) from None
        head = {
            "count": found.total,
            "countExact": found.exact,
            "next": self._address(question, found.next),
            "previous": self._address(question, found.previous),
            "validOn": clock.valid_on.isoformat(),
            "knownOn": clock.known_on.isoformat(),
        }
        listed = f'"results":[{",".join(results)}]'
        return _answer(_joined(_json(head), f"{{{listed}}}", self.expanded(results, question)))

    def retrieve(self, request, *args, **kwargs):
        asked = QueryDict(mutable=True)
        for name, values in request.query_params.lists():
            if name in DETAIL_KEYS:
                asked.setlist(name, values)
        question = self.question(asked, resource="")
        for name in request.query_params:
            if name not in DETAIL_KEYS:
                question.faults.append(Fault(name, "unknown", _t("This key is not known here.")))
        if question.faults:
            raise BadQuestion(question.faults)
        key = kwargs[self.lookup_url_kwarg or self.lookup_field]
        record = self.one(question.selection.filter(**{self.lookup_field: key}), question)
        if record is None:
            raise Http404
        return _answer(_joined(record, self.expanded([record], question)))

    def _address(self, question: Question, change: dict | None) -> str | None:
        """The address of this list with some keys changed, None for no address."""
        if change is None:
            return None
        query = question.params.copy()
        for name, value in change.items():
            if value is None:
                query.pop(name, None)
            else:
                query[name] = value
        path = self.request.build_absolute_uri(self.request.path)
        return f"{path}?{query.urlencode()}" if query else path


def _only(record: dict, fields: list[str]) -> dict:
    """The record with only these fields; with all of them when none is named."""
    return {name: value for name, value in record.items() if name in fields} if fields else record


def _json(value) -> str:
    return JSONRenderer().render(value).decode()


def _joined(*objects: str) -> str:
    """JSON objects as one, with the keys of all of them."""
    return "{" + ",".join(part[1:-1] for part in objects if part != "{}") + "}"


def _answer(text: str) -> HttpResponse:
    return HttpResponse(text, content_type="application/json")


class InstrumentViewSet(ListViewSet):
    """Instruments of one kind, as of two days."""

    default_sort = "title"
    group_by = GROUP_BY

    def with_facts(self, rows, clock: Clock):
        return rows.with_all_facts(clock, self.request.user)

    def found(self, question):
        found = question.slice()
        return found, self.in_json(found.rows, question)

    def one(self, rows, question):
        return next(iter(self.in_json(rows.only("key")[:1], question)), None)

    def in_json(self, records, question):
        """As PostgreSQL makes it; what that leaves is shown by the serializer."""
        matches = {record.pk: record.match_certain for record in records}
        api = self.request.build_absolute_uri(reverse("api:openapi")).removesuffix("openapi.json")
        made = ready_made(
            self.serializer_class, matches, question.clock, self.request.user, question.words("fields"), api
        )
        if missing := matches.keys() - made.keys():
            left = list(self.with_facts(question.selection.filter(pk__in=missing), question.clock))
            made |= dict(zip((record.pk for record in left), super().in_json(left, question), strict=True))
        return [made[pk] for pk in matches]

    def statistics(self, request):
        question = self.question()
        check_groupings(question, self.group_by, required=True)
        if question.faults:
            raise BadQuestion(question.faults)
        return Response(statistics(question, *question.words("groupBy")))

    def changes(self, request):
        question = self.question()
        clock_against(question)
        if question.faults:
            raise BadQuestion(question.faults)
        comparison, page = compared(question), int(question.params.get("page") or 1)
        try:
            answer, more = changes(comparison, page, self.get_serializer_context())
        except PageNotFound:
            raise Http404 from None
        links = {
            "count": comparison.total,
            "next": self._address(question, {"page": page + 1} if more else None),
            "previous": self._address(question, {"page": page - 1} if page > 1 else None),
        }
        return Response(links | answer)


class CountryViewSet(ListViewSet):
    about = _("Countries and territories, with the groups they belong to.")
    queryset = Country.objects.with_groups()
    filterset_class = reference.CountryFilter
    columns = reference.COUNTRY_COLUMNS
    serializer_class = CountrySerializer
    lookup_field = "code"
    lookup_value_regex = r"[A-Z]{2}"


class SourceViewSet(ListViewSet):
    about = _("Official documents and publications: where every fact stands.")
    queryset = Source.objects.all()
    filterset_class = reference.SourceFilter
    columns = reference.SOURCE_COLUMNS
    serializer_class = SourceSerializer
    default_sort = "title"


class OrganisationViewSet(ListViewSet):
    about = _("Bodies that send, host, sign or lead.")
    queryset = Organisation.objects.all()
    filterset_class = reference.OrganisationFilter
    columns = reference.ORGANISATION_COLUMNS
    serializer_class = OrganisationSerializer

    def with_facts(self, rows, clock):
        return rows.with_all_facts(self.request.user)


class ThemeViewSet(ListViewSet):
    about = _("What instruments are about.")
    queryset = Theme.objects.all()
    filterset_class = reference.ThemeFilter
    columns = reference.THEME_COLUMNS
    serializer_class = ThemeSerializer


class FigureViewSet(ListViewSet):
    about = _("Numbers that sources give.")
    queryset = Figure.objects.select_related("source", "instrument", "organisation").prefetch_related(
        "also_sources", "countries"
    )
    filterset_class = reference.FigureFilter
    columns = reference.FIGURE_COLUMNS
    serializer_class = FigureSerializer
    default_sort = "key"
