"""Answers with what is not public: marked, and the reading of them logged."""

from django.http import HttpRequest, HttpResponse

from cooperation.register.history import audit
from cooperation.register.history.marking import HEADER, mark
from cooperation.register.models import AuditAction
from cooperation.register.models.queryset import clearance
from cooperation.register.models.reading import reading

from .middleware import has_signed_in
from .operations.limits import LATER, come_back, unavailable

SHOWN = {200, 400, 409, 503}  # a form that is shown again with its faults has any of these


class Classified:
    """Answers to who may see more than what is public: marked with what they hold, and the reading of it logged.

    An answer that was kept has its marking already. An export logs itself, before it is read.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not has_signed_in(request) or len(clearance(request.user)) == 1:
            return self.get_response(request)
        with reading() as read:
            response = self.get_response(request)
            if hasattr(response, "render"):
                response.render()
        mark(response, read)
        level = response.get(HEADER)
        if level and response.status_code in SHOWN and not response.streaming:
            try:
                audit.log(AuditAction.READ, request.path, request=request, classification=level, **_asked(request))
            except audit.NotLogged as error:
                return self.process_exception(request, error)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """What cannot be logged is not shown."""
        if not isinstance(exception, audit.NotLogged):
            return None
        return unavailable(request, exception.__cause__) or come_back(request, "out_of_order", LATER)


def _asked(request: HttpRequest) -> dict[str, str]:
    question = request.META.get("QUERY_STRING", "")
    return {"question": question} if question else {}
