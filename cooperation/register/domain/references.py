"""References to official documents, in whatever spelling: `29 628, nr. 1053` and `kst-29628-1053` are one."""

import re
from collections.abc import Iterable, Iterator

from .text import fold

# How a reference can be written in a text that is folded; the groups are what it consists of.
_SHAPES = [
    re.compile(pattern)
    for pattern in (
        # Parliamentary papers: kst-29628-1053, Kamerstukken II 2021/22, 29 628, nr. 1053
        r"\b(?:kst\W{0,2}|kamerstuk(?:ken)?\W+(?:ii?\W+)?(?:\d{4}[/-]\d{2,4}\W+)?)?(\d{2}\s?\d{3})(?:[ -]([ivx]{1,6}))?"
        r"(?:-|\s*,?\s*(?:nrs?|no)\b\.?\s*)(\d{1,4})\b",
        r"\b(com|swd|sec|join|jc)\W{0,2}(\d{4})\W{1,3}(\d{1,4})\b",  # COM(2021) 784
        r"\b([1-9]\d{4}[a-z]{1,2}\d{4})\b",  # CELEX: 52021PC0784
        r"\b(\d{4})/(\d{4}[a-z]?)\s?\(([a-z]{3})\)",  # 2021/0410(COD)
        r"\b(trb|stb|stcrt)\W{1,2}(\d{4})\W{1,2}\s?(?:nr\W{1,2})?(\d{1,5})\b",  # Trb. 2018, 160
        r"\b(\d{4})/(\d{1,4})\b(?!/)",  # (EU) 2022/991
    )
]
# Words that stand around a reference and say nothing.
_NOISE = frozenset(("kst", "kamerstuk", "kamerstukken", "nr", "nrs", "no", "final", "def", "celex"))
# What stands before the number of an act: Regulation (EU) 2022/991.
_ACTS = frozenset(
    (
        *("regulation", "verordening", "directive", "richtlijn", "decision", "besluit", "council", "raad"),
        *("of", "van", "de", "eu", "ec", "eg"),
    )
)


def found_in(text: str) -> Iterator[tuple[int, int, str]]:
    """Every reference in a folded text: where it begins and ends, and its one spelling (`com-2021-784`)."""
    for shape in _SHAPES:
        for match in shape.finditer(text):
            yield *match.span(), "-".join(_plain(part) for part in match.groups() if part)
        text = shape.sub(lambda match: " " * len(match[0]), text)


def spelling(text: str) -> str:
    """The one spelling of a text that is a reference as a whole; empty when it has no number."""
    plain = re.sub(r"\b(\d{2}) (\d{3})\b", r"\1\2", fold(text))
    found = list(found_in(plain))
    if len(found) == 1:
        ((start, end, name),) = found
        if {*re.findall(r"\w+", f"{plain[:start]} {plain[end:]}")} <= _NOISE | _ACTS:
            return name
    parts = [_plain(part) for part in re.findall(r"[^\W\d_]+|\d+", plain) if part not in _NOISE]
    return "-".join(parts) if any(part.isdigit() for part in parts) else ""


def as_searched(own: Iterable[str], cited: Iterable[str]) -> Iterator[str]:
    """References as they stand among the words of a record: `=name` what it is known by, `/name` whatever it names.

    `/beginning-` stands for each beginning that has a number, so that `29628` finds `29628-1053`.
    """
    own = {*own} - {""}
    yield from (f"={name}" for name in own)
    for name in own.union(cited) - {""}:
        yield f"/{name}"
        parts = name.split("-")
        beginnings = ("-".join(parts[:length]) for length in range(1, len(parts)))
        yield from (f"/{beginning}-" for beginning in beginnings if any(map(str.isdigit, beginning)))


def names_in(text: str) -> set[str]:
    """The one spelling of each reference in a text."""
    return {name for _start, _end, name in found_in(fold(text))}


def pattern(name: str) -> str:
    """An expression (in PostgreSQL's dialect) that finds a reference in whatever spelling."""
    parts = [rf"0*{part}" if part.isdigit() else part for part in name.split("-")]
    return r"(^|[^[:alnum:]])" + r"[^[:alnum:]]*(nrs?|no)?[^[:alnum:]]*".join(parts) + r"($|[^[:digit:]])"


def without_noise(words: Iterable[str]) -> list[str]:
    return [word for word in words if word.strip(".,") not in _NOISE]


def _plain(part: str) -> str:
    digits = part.replace(" ", "")
    return digits.lstrip("0") or "0" if digits.isdigit() else part
