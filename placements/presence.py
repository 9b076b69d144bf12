"""Presence: what a country has by the posts in it and for it. One definition, for sentence, map, gaps, page and export.

A country in which a post sits that is active or unconfirmed on the day is *a country with a post*; one that such a post
elsewhere serves is *covered* (`PlacementQuerySet.present`). Of any other the register says what it knows: that nothing
is, and when a source last spoke, is not that nobody is there (`domain.md`, rule 13).
"""

from collections import Counter
from collections.abc import Iterator, Mapping

from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cooperation.register.domain.edtf import EDTF
from cooperation.register.models import Country, CountryRole

from .models import Placement

ROLES = ("host", "covered")


class Has(models.TextChoices):
    """What a country has on a day, the strongest first."""

    POST = "post", _("post")
    COVERED = "covered", _("only covered")
    PLANNED = "planned", _("planned")
    NOT_KNOWN = "not_known", _("no recent source")
    ENDED = "ended", _("ended")
    NONE = "none", _("no post on record")


def has(numbers: Mapping[tuple[str, str], int]) -> Has:
    """What a country has, by how many posts it has in each role at each stage."""
    for role, found in (("host", Has.POST), ("covered", Has.COVERED)):
        if any(numbers.get((role, stage)) for stage in Placement.ladder.present):
            return found
    for found in (Has.PLANNED, Has.NOT_KNOWN, Has.ENDED):
        if any(numbers.get((role, found.value)) for role in ROLES):
            return found
    return Has.NONE


def last_word(stage: str, role: str, date: EDTF | None) -> str:
    """What is known of a post that is not known any more, or has ended, with the day of which a source last spoke."""
    if date is None:
        return _t("was planned; no source since")
    if stage == "not_known":
        return _t("no source after %s") % date.words_of_last()
    if not date.is_one_point:
        words = _t("was here, ended %s") if role == "host" else _t("was covered, which ended %s")
        return words % date.words()
    return (_t("was here until %s") if role == "host" else _t("was covered until %s")) % date.words()


def why_here(post: Placement, part: CountryRole) -> str:
    """In which role a country stands in a post, as it stands on the day."""
    words = {
        ("host", "planned"): _t("is to sit here"),
        ("host", "active"): _t("sits here"),
        ("host", "unconfirmed"): _t("sat here, not confirmed since"),
        ("covered", "planned"): _t("is to cover it from elsewhere"),
        ("covered", "active"): _t("covers it from elsewhere"),
        ("covered", "unconfirmed"): _t("covered it from elsewhere, not confirmed since"),
    }
    if part.role not in ROLES:
        return part.get_role_display()
    if known := words.get((part.role, post.stage)):
        return known
    return last_word(post.stage, part.role, post.end if post.stage == "ended" else post.last_evidence)


def sentences(counts: Counter, last: Mapping[tuple[str, str], EDTF | None], country: Country) -> Iterator[str]:
    """What can be said aloud of the posts in and for a country: those that are there, then what is known of others.

    `counts` and `last` go by role and stage: how many, and when a source last spoke of what is not there any more.
    """
    here, covers = (
        {stage: counts[role, stage] for stage in Placement.ladder.present if counts[role, stage]} for role in ROLES
    )
    if here:
        number = sum(here.values())
        words = ngettext(
            "%(n)d post sits in %(country)s on this day: %(stages)s.",
            "%(n)d posts sit in %(country)s on this day: %(stages)s.",
            number,
        )
        yield words % {"n": number, "country": country.name, "stages": _by_stage(here)}
    else:
        yield _t("The register knows no post that sits in %s on this day.") % country.name
    if covers:
        number = sum(covers.values())
        words = ngettext(
            "%(n)d post elsewhere covers it: %(stages)s.", "%(n)d posts elsewhere cover it: %(stages)s.", number
        )
        yield words % {"n": number, "stages": _by_stage(covers)}
    for role in ROLES:
        for stage in ("planned", "not_known", "ended"):
            if number := counts[role, stage]:
                yield _told(role, stage, number, last.get((role, stage)))


def _by_stage(numbers: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {Placement.Stage(stage).label}" for stage, number in numbers.items())


def _told(role: str, stage: str, number: int, last: EDTF | None) -> str:
    """A sentence about posts that do not sit in a country or cover it, or not yet."""
    if stage == "planned":
        words = {
            "host": ngettext("%(n)d post there is planned.", "%(n)d posts there are planned.", number),
            "covered": ngettext(
                "%(n)d planned post elsewhere is to cover it.", "%(n)d planned posts elsewhere are to cover it.", number
            ),
        }
    elif stage == "not_known" and last:
        words = {
            "host": ngettext(
                "Of %(n)d post there no source speaks after %(last)s.",
                "Of %(n)d posts there no source speaks after %(last)s.",
                number,
            ),
            "covered": ngettext(
                "Of %(n)d post elsewhere that covered it no source speaks after %(last)s.",
                "Of %(n)d posts elsewhere that covered it no source speaks after %(last)s.",
                number,
            ),
        }
    elif stage == "not_known" or last is None:
        words = dict.fromkeys(
            ROLES,
            ngettext(
                "Of %(n)d post that was planned no source speaks since.",
                "Of %(n)d posts that were planned no source speaks since.",
                number,
            ),
        )
    elif last.is_one_point:
        words = {
            "host": ngettext(
                "%(n)d post was there until %(last)s.", "%(n)d posts were there, the last until %(last)s.", number
            ),
            "covered": ngettext(
                "%(n)d post elsewhere covered it until %(last)s.",
                "%(n)d posts elsewhere covered it, the last until %(last)s.",
                number,
            ),
        }
    else:
        words = {
            "host": ngettext(
                "%(n)d post that was there ended %(when)s.",
                "%(n)d posts that were there ended, the last %(when)s.",
                number,
            ),
            "covered": ngettext(
                "%(n)d post elsewhere that covered it ended %(when)s.",
                "%(n)d posts elsewhere that covered it ended, the last %(when)s.",
                number,
            ),
        }
    return words[role] % {"n": number, "last": last and last.words_of_last(), "when": last and last.words()}
