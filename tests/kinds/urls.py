"""Every address of the register, with lighthouses as one more kind: the ROOT_URLCONF of the tests."""

from config import kinds, urls
from config.urls import handler400, handler403, handler404, handler500  # noqa: F401

from .kind import LIGHTHOUSES

KINDS = (*kinds.KINDS, LIGHTHOUSES)

urlpatterns = urls.addresses(KINDS, (*kinds.BRIEFING, LIGHTHOUSES))
