"""The register with pages that ask the database for what a test needs, on the database of the environment."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application

settings.ROOT_URLCONF = "tests.attacks.served"
application = get_wsgi_application()

from django.db import connection  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402

from config import patience  # noqa: E402
from config.urls import handler404, handler500  # noqa: E402, F401
from config.urls import urlpatterns as of_the_register  # noqa: E402

patience.install()


def page(request) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s)", [float(request.GET.get("sleep", 0))])
    return HttpResponse("here")


urlpatterns = [path("page/", page), path("api/v1/page", page), *of_the_register]
