"""The reading API: one viewset for every list, one that adds stages and statistics for a kind of instrument."""

from functools import partial
from typing import Any

from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _t
from rest_framework import viewsets
from rest_framework.response import Response

from ..exports import EVERY_EXPORT, Records, TooManyRows, api_formats, exported
from ..history.answer_cache import answered
from ..lists.aggregates import GROUP_BY, check_groupings, statistics
from ..lists.columns import DEFAULT_SORT
from ..lists.diff import clock_against, compared
from ..lists.params import DETAIL_KEYS, ParamError
from ..lists.query import ListQuery, PageNotFound
from .diff import changes
from .expand import EXPANDABLE, expanded
from .openapi import QuestionSchema
from .problems import BadQuestion, conditional
from .serializers import shown


class AnsweredView:
    """A view that is only read: its answers are kept, and marked with their version (ETag)."""

    http_method_names = ["get", "head"]

    def dispatch(self, request, *args, **kwargs):
        make = partial(super().dispatch, request, *args, **kwargs)
        return conditional(request, answered(request, make, etag=True))


class ListViewSet(AnsweredView, viewsets.ReadOnlyModelViewSet):
    """One list of the register.

    It gives `about` (a sentence for the contract), `queryset`, `filterset_class`, `columns` and `serializer_class`.
    """

    schema = QuestionSchema()
    lookup_field = "key"
    lookup_value_regex = r"[a-z0-9-]+"
    about = ""
    filterset_class = None
    columns = ()
    default_sort = ("name",)

    def question(self, params: QueryDict | None = None, **more) -> ListQuery:
        """The question of this request. Raises BadQuestion with all that is wrong with it."""
        question = ListQuery(
            self.queryset.all(),
            self.filterset_class,
            self.columns,
            self.request.query_params if params is None else params,
            self.request.user,
            self.default_sort,
            **{"resource": self.basename, **more},
        )
        if question.params.get("format") in EVERY_EXPORT:
            question.check.choice("format", ["json", *api_formats(self.queryset.model)])
        if question.words("fields"):  # its fields take as long to list as a page to make
            question.check.words("fields", list(self.serializer_class().fields))
        question.check.words("expand", list(EXPANDABLE))
        return question

    def context(self, question: ListQuery) -> dict[str, Any]:
        """What serializers read besides the record."""
        api = self.request.build_absolute_uri(reverse("api:openapi")).removesuffix("openapi.json")
        return {"request": self.request, "view": self, "clock": question.clock, "api": api}

    def shown(self, records, question: ListQuery) -> dict[str, Any]:
        """Records as the API shows them (`results`), with what `expand` brings along."""
        context = self.context(question)
        results = shown(self.serializer_class, records, context, question.words("fields"))
        if tables := question.words("expand"):
            return {"results": results, "expanded": expanded(results, tables, self.request.user, context)}
        return {"results": results}

    def list(self, request, *args, **kwargs):
        question = self.question()
        question.check_depth()
        if question.faults:
            raise BadQuestion(question.faults)
        clock = question.clock
        try:
            if request.query_params.get("format") in api_formats(self.queryset.model):
                return exported(Records(question), self.basename, request)
            found = question.page(whole=True)
        except PageNotFound:
            raise Http404 from None
        except TooManyRows as error:
            raise BadQuestion([ParamError("format", "too_many", str(error))]) from None
        head = {
            "count": found.total,
            "countExact": found.exact,
            **({"countPossible": question.count_possible} if question.filterset.has_days else {}),
            "next": self._address(question, found.next),
            "previous": self._address(question, found.previous),
            "validOn": clock.valid_on.isoformat(),
            "knownOn": clock.known_on.isoformat(),
        }
        return Response(head | question.told | self.shown(found.rows, question))

    def retrieve(self, request, *args, **kwargs):
        asked = QueryDict(mutable=True)
        for name, values in request.query_params.lists():
            if name in DETAIL_KEYS:
                asked.setlist(name, values)
        question = self.question(asked, resource="")
        for name in request.query_params:
            if name not in DETAIL_KEYS:
                question.faults.append(ParamError(name, "unknown", _t("This key is not known here.")))
        if question.faults:
            raise BadQuestion(question.faults)
        key = kwargs[self.lookup_url_kwarg or self.lookup_field]
        rows = self.any_of(question)
        keys = rows.filter(**{self.lookup_field: key}).values_list("pk", flat=True)[:1]
        records = rows.fetch_keys(list(keys), question.clock, request.user, whole=True)
        if not records:
            raise Http404
        shown = self.shown(records, question)
        (record,) = shown.pop("results")
        return Response(record | shown)

    def any_of(self, question: ListQuery):
        """The rows of which each has an address of its own: those of the list."""
        return question.selection

    def _address(self, question: ListQuery, change: dict | None) -> str | None:
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


class ReferenceViewSet(ListViewSet):
    """What records refer to: its list counts what there was on the clock, and each has an address on any day."""

    def any_of(self, question):
        return question.queryset.visible_to(question.user)


class InstrumentViewSet(ListViewSet):
    """Instruments of one kind, as of two days."""

    default_sort = DEFAULT_SORT
    group_by = GROUP_BY

    def statistics(self, request):
        question = self.question()
        check_groupings(question, self.group_by, required=True)
        if question.faults:
            raise BadQuestion(question.faults)
        return Response(statistics(question, *question.words("groupBy")) | question.told)

    def changes(self, request):
        question = self.question()
        clock_against(question)
        if question.faults:
            raise BadQuestion(question.faults)
        comparison, page = compared(question), int(question.params.get("page") or 1)
        try:
            answer, more = changes(comparison, page, self.context(question))
        except PageNotFound:
            raise Http404 from None
        links = {
            "count": comparison.total,
            "next": self._address(question, {"page": page + 1} if more else None),
            "previous": self._address(question, {"page": page - 1} if page > 1 else None),
        }
        return Response(links | answer)
