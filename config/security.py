"""Where to report a weakness: `/.well-known/security.txt` (RFC 9116)."""

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

VALID_FOR = timedelta(days=180)  # the standard asks for less than a year


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Only where the site has said who reads the reports: an invented contact would be worse than none."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    contact = settings.SECURITY_CONTACT
    facts = {
        "Contact": f"mailto:{contact}" if "@" in contact and ":" not in contact else contact,
        "Expires": (timezone.now() + VALID_FOR).strftime("%Y-%m-%dT00:00:00Z"),
        "Preferred-Languages": "nl, en",
        "Canonical": request.build_absolute_uri(request.path),
    }
    lines = "".join(f"{name}: {value}\n" for name, value in facts.items())
    return HttpResponse(lines, content_type="text/plain; charset=utf-8")
