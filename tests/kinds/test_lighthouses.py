"""A kind that the register has never heard of keeps every promise, and nothing in the kernel was touched for it."""

from tests.contracts import DeclaredKind
from tests.factories import InstrumentFactory

from .kind import LIGHTHOUSES
from .models import Lighthouse


class LighthouseFactory(InstrumentFactory):
    class Meta:
        model = Lighthouse
        skip_postgeneration_save = True

    kind = "tower"


class TestLighthouses(DeclaredKind):
    kind = LIGHTHOUSES
    factory = LighthouseFactory
    key = "test-light-east"
    milestone = "lighted"
    own_keys = {"colour": "white"}
    filled = {"height": 41, "light_list": "L 99.1", "colour": "white"}
    shown = {"colour": "white light"}
