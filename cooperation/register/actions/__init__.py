"""Every change of the register: one function for one thing that a person does, in one transaction."""

from .derive import compare_spans, derive, derive_spans, rewrite_spans, rewrite_words, rewrite_words_of_everything
from .lock import DiskIsFull, NothingWritten, RegisterBusy, write_lock
from .save import writing

__all__ = [
    "DiskIsFull",
    "NothingWritten",
    "RegisterBusy",
    "compare_spans",
    "derive",
    "derive_spans",
    "rewrite_spans",
    "rewrite_words",
    "rewrite_words_of_everything",
    "write_lock",
    "writing",
]
