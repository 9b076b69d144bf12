"""How the words of a question were read, where that is not as they stand: said above the results, with the way back."""

from typing import Any

from ..lists.choices import stages_in
from ..lists.query import ListQuery
from ..models import Instrument
from ..search.query import Reading
from .base import changed


def readings(question: ListQuery, total: int) -> list[dict[str, Any]]:
    """Words that nothing has with what is shown instead, and words that are read as a stage."""
    words = question.filterset.given.get("q")
    if not words:
        return []

    def told(one: Reading, shown: str, *, is_stage: bool) -> dict[str, Any]:
        url = changed(question.params, q=one.itself, page=None)
        return {"typed": one.typed, "shown": shown, "url": url, "is_stage": is_stage}

    stages = words.stages(question.clock)
    labels = dict(stages_in(Instrument)) if stages else {}
    corrected = [told(one, one.closest, is_stage=False) for one in words.corrections] if total else []
    return corrected + [
        told(one, ", ".join(str(labels.get(stage, stage)) for stage in one.values), is_stage=True) for one in stages
    ]
