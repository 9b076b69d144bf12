"""Whether the faces tell the same: the rows in the same order, the same count, and (with raw) the same JSON."""

import json
import re

from .raw import COUNT_LIMIT

Faults = list[str]


def read(answer, base: str):
    """What an answer tells, to be compared."""
    return compared(answer.body, base) if "json" in answer.headers["Content-Type"] else answer.body.decode()


def compared(body: bytes, base: str):
    """JSON without what differs by nature: the address of the server, how a cursor is written, a second's decimals."""
    told = json.loads(body.replace(base.encode(), b"").replace(b".000000Z", b"Z"))
    if isinstance(told, dict) and "results" in told:
        return {name: value for name, value in told.items() if name not in ("next", "previous")}
    return told


def _keys(told: dict) -> list[str]:
    return [record["key"] for record in told["results"]]


def _differ(name: str, ours, other) -> str:
    """Where two answers differ first, in a line that can be read."""
    if isinstance(ours, dict) and isinstance(other, dict):
        for key in {**ours, **other}:
            if ours.get(key) != other.get(key):
                return _differ(f"{name}.{key}", ours.get(key), other.get(key))
    if isinstance(ours, list) and isinstance(other, list):
        for place, (one, two) in enumerate(zip(ours, other, strict=False)):
            if one != two:
                return _differ(f"{name}[{place}]", one, two)
    return f"{name}: {str(ours)[:200]} and not {str(other)[:200]}"


def _same(name: str, ours, other) -> Faults:
    return [] if ours == other else [_differ(name, ours, other)]


def of_lists(told: dict) -> Faults:
    return _of_rows(told, _same("keys, plain", _keys(told["register"]), _keys(told["plain"])))


def of_searches(told: dict) -> Faults:
    """Plain DRF knows no best match, so its rows are compared as far as they are all of them."""
    register, plain = told["register"], told["plain"]
    whole = len(register["results"]) == register["count"]
    return _of_rows(told, _same("keys, plain", sorted(_keys(register)), sorted(_keys(plain))) if whole else [])


def _of_rows(told: dict, of_plain: Faults) -> Faults:
    register, raw, plain = told["register"], told["raw"], told["plain"]
    # Plain DRF counts all. The register may stop at its limit, and says so; raw always does.
    limit = None if register["countExact"] else COUNT_LIMIT
    return [
        *_same("keys, raw", _keys(register), _keys(raw)),
        *_same("raw", _with_bound(register), _with_bound(raw)),
        *of_plain,
        *_same("count, plain", register["count"], min(plain["count"], limit or plain["count"])),
    ]


def _with_bound(told: dict) -> dict:
    """With a count beyond the limit as no more than that."""
    beyond = {"count": COUNT_LIMIT, "countExact": False} if told["count"] > COUNT_LIMIT else {}
    return {**told, **beyond}


def of_counts(told: dict) -> Faults:
    register, raw, plain = told["register"], told["raw"], told["plain"]
    ours = {group["value"]: group["count"] for group in register["groups"] if group["value"]}
    return [
        *_same("raw", register, raw),
        *_same("counts, plain", ours, {group["country"]: group["count"] for group in plain}),
    ]


def of_details(told: dict) -> Faults:
    register, raw, plain = told["register"], told["raw"], told["plain"]
    return [*_same("raw", register, raw), *_same("title, plain", register["titleNl"], plain["title_nl"])]


def of_pages(told: dict) -> Faults:
    """Both pages show the same generated records in the same order."""
    ours = re.findall(r'href="/placements/(generated-post-\d+)/', told["register"])
    theirs = re.findall(r"&quot;key&quot;: &quot;(generated-post-\d+)&quot;", told["plain"])
    return _same("keys, plain", list(dict.fromkeys(ours)), list(dict.fromkeys(theirs)))
