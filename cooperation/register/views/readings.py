"""How the words of a question were read, where that is not as they stand: said above the results, with the way back."""

from typing import Any

from django.utils.text import capfirst

from ..lists.choices import stages_in
from ..lists.query import ListQuery
from ..models import Instrument
from ..search.query import MOST_TOLD, Reading
from .base import changed


def readings(question: ListQuery, total: int) -> list[dict[str, Any]]:
    """Words that nothing has with what is shown instead, and words that are read as a stage."""
    words = question.filterset.given.get("q")
    if not words:
        return []
    stages = words.stages(question.clock)
    labels = dict(stages_in(Instrument)) if stages else {}
    corrected = [_told(question, one, one.values[:MOST_TOLD]) for one in words.corrections] if total else []
    read = [_told(question, one, [str(labels.get(stage, stage)) for stage in one.values]) for one in stages]
    return [{"is_stage": False, **one} for one in corrected] + [{"is_stage": True, **one} for one in read]


def _told(question: ListQuery, one: Reading, shown: list[str]) -> dict[str, str]:
    """A name keeps its capital."""
    as_name = capfirst if one.typed[:1].isupper() else str
    return {
        "typed": one.typed,
        "shown": ", ".join(as_name(word) for word in shown),
        "url": changed(question.params, q=one.itself, page=None),
    }
