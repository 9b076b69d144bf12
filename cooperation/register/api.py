"""The reading API: one viewset for every list, one that adds stages and statistics for a kind of instrument."""

from django.http import Http404, QueryDict
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from rest_framework import viewsets
from rest_framework.response import Response

from . import reference
from .clock import Clock
from .expanding import EXPANDABLE, expanded
from .exports import EXPORTS, TooManyRows, exported
from .models import Country, Figure, Organisation, Source, Theme
from .problems import BadQuestion
from .questions import DETAIL_KEYS, Fault, PageNotFound, Question
from .schema import QuestionSchema
from .serializers import (
    CountrySerializer,
    FigureSerializer,
    OrganisationSerializer,
    SourceSerializer,
    ThemeSerializer,
)
from .statistics import GROUP_BY, statistics


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
            **more,
        )
        question.check_words("fields", list(self.serializer_class().fields))
        question.check_words("expand", list(EXPANDABLE))
        return question

    def with_facts(self, rows, clock: Clock):
        """The rows with what the answer needs of their related records."""
        return rows

    def serialize(self, records, question: Question, many: bool):
        context = {**self.get_serializer_context(), "clock": question.clock}
        shown = self.serializer_class(records, many=many, context=context).data
        chosen = question.words("fields")
        return [_only(record, chosen) for record in shown] if many else _only(shown, chosen)

    def expanded(self, answer, question: Question) -> dict:
        """What `expand` brings along, empty when it was not asked."""
        tables = question.words("expand")
        context = {**self.get_serializer_context(), "clock": question.clock}
        return {"expanded": expanded(answer, tables, self.request.user, context)} if tables else {}

    def list(self, request, *args, **kwargs):
        question = self.question()
        if question.faults:
            raise BadQuestion(question.faults)
        clock = question.clock
        try:
            if request.query_params.get("format") in EXPORTS:
                return exported(question, self.basename, request.build_absolute_uri())
            found = question.slice(lambda rows: self.with_facts(rows, clock))
        except PageNotFound:
            raise Http404 from None
        except TooManyRows as error:
            raise BadQuestion([Fault("format", "too_many", str(error))]) from None
        results = self.serialize(found.rows, question, many=True)
        return Response(
            {
                "count": found.total,
                "countExact": found.exact,
                "next": self._address(found.next),
                "previous": self._address(found.previous),
                "validOn": clock.valid_on.isoformat(),
                "knownOn": clock.known_on.isoformat(),
                "results": results,
                **self.expanded(results, question),
            }
        )

    def retrieve(self, request, *args, **kwargs):
        asked = QueryDict(mutable=True)
        for name, values in request.query_params.lists():
            if name in DETAIL_KEYS:
                asked.setlist(name, values)
        question = self.question(asked)
        for name in request.query_params:
            if name not in DETAIL_KEYS:
                question.faults.append(Fault(name, "unknown", _t("This key is not known here.")))
        if question.faults:
            raise BadQuestion(question.faults)
        clock = question.clock
        key = kwargs[self.lookup_url_kwarg or self.lookup_field]
        one = question.selection.filter(**{self.lookup_field: key})
        record = self.with_facts(one, clock).first()
        if record is None:
            raise Http404
        answer = self.serialize(record, question, many=False)
        return Response({**answer, **self.expanded(answer, question)})

    def _address(self, change: dict | None) -> str | None:
        """The address of this list with some keys changed, None for no address."""
        if change is None:
            return None
        query = self.request.query_params.copy()
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


class InstrumentViewSet(ListViewSet):
    """Instruments of one kind, as of two days."""

    default_sort = "title"
    group_by = GROUP_BY

    def with_facts(self, rows, clock: Clock):
        return rows.with_all_facts(clock, self.request.user)

    def statistics(self, request):
        question = self.question(more_keys=("groupBy",))
        group_by = request.query_params.get("groupBy", "")
        if group_by not in self.group_by:
            known = ", ".join(self.group_by)
            reason = _t("“%(word)s” is not one of: %(known)s.") % {"word": group_by[:60], "known": known}
            question.faults.append(Fault("groupBy", "invalid_choice" if group_by else "required", reason))
        if question.faults:
            raise BadQuestion(question.faults)
        return Response(statistics(question, group_by))


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
    queryset = Organisation.objects.with_all_facts()
    filterset_class = reference.OrganisationFilter
    columns = reference.ORGANISATION_COLUMNS
    serializer_class = OrganisationSerializer


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
