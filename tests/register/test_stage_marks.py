"""A stage has one mark, a sign and a tint: the same in every kind, and no other stage of its ladder has it."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from cooperation.register.display.badges import MARKS
from cooperation.register.lists.choices import stages_by_mark
from cooperation.register.models import kinds

STATIC, TEMPLATES = Path(settings.BASE_DIR) / "static", Path(settings.BASE_DIR) / "templates"
LOW, HIGH = "on-step-low", "on-step-high"  # the two inks of numbers on a tint


def css(name: str) -> str:
    return (STATIC / "css" / name).read_text("utf-8")


def themes() -> dict[str, dict[str, str]]:
    """The colours of the tokens: on a light and on a dark screen, and on paper."""
    light, dark, _narrow, paper, _forced = re.findall(r":root \{(.*?)\}", css("tokens.css"), re.DOTALL)
    read = {name: dict(re.findall(r"--([\w-]+): (#\w+)", of)) for name, of in (("light", light), ("dark", dark))}
    return read | {"paper": read["light"] | dict(re.findall(r"--([\w-]+): (#\w+)", paper))}


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.2 between two colours."""

    def luminance(colour: str) -> float:
        digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
        parts = (int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4))
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("kind", kinds().values(), ids=lambda kind: kind.RESOURCE)
def test_every_stage_of_a_ladder_has_a_mark_of_its_own(kind):
    marks = [kind.ladder.marks[stage] for stage in kind.ladder.every_stage]
    assert set(marks) <= set(MARKS)
    assert len(set(marks)) == len(marks)
    assert kind.ladder.marks.keys() == set(kind.ladder.every_stage)


@pytest.mark.parametrize("kind", kinds().values(), ids=lambda kind: kind.RESOURCE)
def test_marks_follow_the_ladder(kind):
    """The further, the fuller. A provision is in force before it works, and may wait in between."""
    steps = [MARKS.index(kind.ladder.marks[stage]) for stage in kind.ladder.stages if stage != "awaiting"]
    assert steps == sorted(steps)


def test_a_stage_has_the_same_mark_in_every_kind():
    found: dict[str, set[str]] = {}
    for kind in kinds().values():
        for stage, mark in kind.ladder.marks.items():
            found.setdefault(stage, set()).add(mark)
    assert {stage: marks for stage, marks in found.items() if len(marks) > 1} == {}
    assert len({found[stage].copy().pop() for stage in ("negotiating", "agreed", "in_force", "applied")}) == 4


@pytest.mark.parametrize("mark", MARKS)
def test_every_mark_is_drawn(mark):
    """As a sign, and as a tint of its own in bars and their legends."""
    assert f'<symbol id="mark-{mark}"' in (TEMPLATES / "components" / "sprite.html").read_text("utf-8")
    assert f".fill-{mark} {{" in css("figures.css")
    if mark not in ("possible", "unknown"):  # these are a hatch, and nothing filled in
        assert all(mark in colours for colours in themes().values())


@pytest.mark.parametrize("theme", ["light", "dark", "paper"])
def test_tints_differ_and_numbers_on_them_can_be_read(theme):
    colours = themes()[theme]
    tints = [mark for mark in MARKS if mark not in ("possible", "unknown")]
    assert len({colours[mark] for mark in tints}) == len(tints)
    for mark in tints:
        ink = HIGH if f".stage-bar .on-{mark}" in css("figures.css") else LOW
        assert contrast(colours[mark], colours[ink]) >= 4.5, mark


@pytest.mark.django_db
def test_the_page_of_marks_names_every_stage():
    page = Client().get("/marks/", headers={"accept-language": "en"}).content.decode()
    with translation.override("en"):
        stages = stages_by_mark()
    for mark, names in stages:
        assert f'href="#mark-{mark}"' in page
        assert all(name in page.lower() for name in names)
