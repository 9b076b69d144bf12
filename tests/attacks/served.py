"""The register with pages that ask the database for what a test needs, on the database of the environment."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application

settings.ROOT_URLCONF = "tests.attacks.served"
settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "tests.kinds"]  # the data set of the tests has one kind more
settings.DATABASE_LIMITS = settings.DATABASE_LIMITS | {"read": (3, 2, 30)}  # seconds; less waiting for tests
application = get_wsgi_application()

from django.db import connection  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402
from django.views.decorators.csrf import csrf_exempt  # noqa: E402

from config.operations import patience  # noqa: E402
from config.urls import handler404, handler500  # noqa: E402, F401
from cooperation.register.models import Source  # noqa: E402
from cooperation.register.models.connection import read_connection  # noqa: E402
from tests.kinds.urls import urlpatterns as of_the_register  # noqa: E402

patience.install()


def page(request) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s)", [float(request.GET.get("sleep", 0))])
    return HttpResponse("here")


def where(request) -> HttpResponse:
    """Which server is read."""
    with read_connection().cursor() as cursor:
        cursor.execute("SELECT pg_is_in_recovery()")
        return HttpResponse("standby" if cursor.fetchone()[0] else "primary")


@csrf_exempt
def write(request) -> HttpResponse:
    Source.objects.filter(key=request.GET["key"]).update(title=request.GET["title"])
    return where(request)


urlpatterns = [
    path("page/", page),
    path("api/v1/page", page),
    path("where/", where),
    path("write/", write),
    *of_the_register,
]
