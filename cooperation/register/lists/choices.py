"""Words of several kinds together: one list of stages, of kinds, of milestones, for a page over all of them."""

from collections.abc import Iterator

from django.db.models import Model
from django.utils.functional import lazy

from ..display.badges import MARKS
from ..models import Instrument, kinds

_either = lazy(lambda *labels: " / ".join(dict.fromkeys(map(str, labels))), str)


def kinds_in(model: type[Instrument]) -> list[type[Instrument]]:
    """The kinds that a table holds: itself, or all of them for the table that they share."""
    return [model] if model.RESOURCE else list(kinds().values())


def choices_in(model: type[Instrument], name: str) -> list[tuple[str, str]]:
    """The words `Kind` or `MilestoneKind` of these kinds, each once; where its kinds differ, both labels."""
    labels: dict[str, list] = {}
    for kind in kinds_in(model):
        for value, label in getattr(kind, name).choices:
            labels.setdefault(value, []).append(label)
    return [(value, _either(*found) if len(found) > 1 else found[0]) for value, found in labels.items()]


def stages_in(model: type[Instrument]) -> list[tuple[str, str]]:
    """The stages of these kinds from early to far, then the ends; each once."""
    if model.RESOURCE:
        return [(stage, model.Stage(stage).label) for stage in model.ladder.every_stage]
    labels = dict(choices_in(model, "Stage"))
    order: dict[str, int] = {}
    for _kind, stage, place in stage_places(model):
        order.setdefault(stage, place)
    return [(stage, labels[stage]) for stage in sorted(order, key=order.__getitem__)]


def standing_in(model: type[Instrument]) -> set[str]:
    """The stages in which records of these kinds stand (`Ladder.standing`); no ladder has one of another as an end."""
    return {stage for kind in kinds_in(model) for stage in kind.ladder.standing}


def stage_places(model: type[Instrument]) -> Iterator[tuple[type[Instrument], str, int]]:
    """Each stage of each kind with its place in the order: that of its ladder, or how far it is on any."""
    for kind in kinds_in(model):
        for place, stage in enumerate(kind.ladder.every_stage):
            yield kind, stage, place if model.RESOURCE else MARKS.index(kind.ladder.marks[stage])


def stages_by_mark() -> list[tuple[str, list[str]]]:
    """Each mark with the names of the stages that bear it, in any kind."""
    names = {
        mark: list(
            dict.fromkeys(
                str(kind.Stage(stage).label)
                for kind in kinds().values()
                for stage in kind.ladder.every_stage
                if kind.ladder.marks[stage] == mark
            )
        )
        for mark in MARKS
    }
    return list(names.items())


def noun(model: type[Model], count: int) -> str:
    """What so many records of a table are called."""
    return str(model._meta.verbose_name if count == 1 else model._meta.verbose_name_plural)


def resources() -> list[tuple[str, str]]:
    """Every kind by its name in addresses."""
    return [(name, kind._meta.verbose_name_plural) for name, kind in kinds().items()]
