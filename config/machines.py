"""What the site tells machines: where to report a weakness (`security.txt`, RFC 9116), what to leave (RFC 9309)."""

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
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


@require_safe
def robots_txt(request: HttpRequest) -> HttpResponse:
    """What search engines need not read: what is for who signs in. Lists with a question say `noindex` themselves."""
    lines = [
        "User-agent: *",
        *(f"Disallow: {reverse(name)}" for name in ("admin:index", "account_login", "views-list")),
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
