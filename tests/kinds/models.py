"""Lighthouses: a kind that has nothing to do with the police, so that the register cannot know it."""

from pathlib import Path

from django.db import models

from cooperation.register.domain.ladder import Ladder
from cooperation.register.models import Instrument
from cooperation.register.models.fields import Text

DATA = Path(__file__).parent / "data"


class Lighthouse(Instrument):
    """A tower or a ship with a light."""

    RESOURCE = "lighthouses"
    ladder = Ladder.load(DATA / "ladders.yaml", "lighthouse")
    DATA_FILE = DATA / "lighthouses.yaml"
    search_fields = ("light_list",)

    class Kind(models.TextChoices):
        TOWER = "tower", "tower"
        LIGHTSHIP = "lightship", "lightship"

    class Stage(models.TextChoices):
        DRAWN = "drawn", "drawn"
        BUILT = "built", "built"
        LIT = "lit", "lit"
        DARK = "dark", "dark"

    class MilestoneKind(models.TextChoices):
        DESIGNED = "designed", "designed"
        COMPLETED = "completed", "completed"
        LIGHTED = "lighted", "lighted"
        EXTINGUISHED = "extinguished", "extinguished"
        OTHER = "other", "other event"

    class Colour(models.TextChoices):
        WHITE = "white", "white light"
        RED = "red", "red light"

    height = models.PositiveSmallIntegerField("height in metres", null=True, blank=True)
    light_list = Text("number in the list of lights", max_length=20, blank=True)
    colour = models.CharField("colour", max_length=10, choices=Colour, blank=True)

    class Meta:
        verbose_name = "lighthouse"
        verbose_name_plural = "lighthouses"
