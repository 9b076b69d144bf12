"""A kind that the register has never heard of keeps every promise, and nothing in the kernel was touched for it."""

import pytest

from config import home
from tests.contracts import KindContract
from tests.factories import InstrumentFactory

from . import dashboard
from .api import LighthouseViewSet
from .models import Lighthouse
from .views import LighthouseList


class LighthouseFactory(InstrumentFactory):
    class Meta:
        model = Lighthouse
        skip_postgeneration_save = True

    kind = "tower"


class TestLighthouses(KindContract):
    model = Lighthouse
    list_page = LighthouseList
    viewset = LighthouseViewSet
    factory = LighthouseFactory
    key = "test-light-east"
    milestone = "lighted"
    own_keys = {"colour": "white"}
    filled = {"height": 41, "light_list": "L 99.1", "colour": "white"}
    shown = {"colour": "white light"}

    @pytest.fixture(autouse=True)
    def on_the_first_page(self, monkeypatch):
        """The wiring of an app: in `config`, as for any other."""
        monkeypatch.setattr(home, "DASHBOARDS", (*home.DASHBOARDS, dashboard))
