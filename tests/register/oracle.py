"""The rules of `domain/spans.py` once more: slow, obvious, one pair of days at a time.

Written from the rules of the domain, not from the algorithm, so that the two can be held against each other.
Of the register it uses only the shapes that go in: facts, dates, ladders, terms.

An open date has no first or no last possible day. It is counted from the beginning or until the end of the calendar,
so the very last day of the calendar is no day to ask about. A post is not there since the beginning of the calendar:
what is dated "on or before" a day tells of that day, and of the two years before it only that the post may be there.
"""

from datetime import date, timedelta


def stage_on(ladder, facts, valid_on, known_on, kind="", term=None, ends_by_relation=()):
    """What the register says on one pair of days: (stage, certain), or None when the record is not there."""
    known = [fact for fact in facts if is_known(fact, known_on)]
    if not known:  # what other records say does not make this one appear
        return None
    if ladder.evidence:
        return _by_evidence(ladder, known, valid_on, known_on, term)
    return _by_rung(ladder, known, valid_on, known_on, kind, [f for f in ends_by_relation if is_known(f, known_on)])


# --- one fact -------------------------------------------------------------------------------------------------------


def first_day(fact):
    return fact.date.earliest or date.min


def last_day(fact):
    return fact.date.latest or date.max


def is_known(fact, known_on):
    """Known from `known_from` until the day before `known_until`; without the latter, for ever."""
    return fact.known_from <= known_on and (fact.known_until is None or known_on < fact.known_until)


def has_occurred(fact, known_on):
    """What occurred counts as such only from its first possible day; until that day it is expected."""
    return fact.state == "occurred" and known_on >= first_day(fact)


def is_cancelled(fact):
    return fact.state == "cancelled"


# --- ladders with rungs ---------------------------------------------------------------------------------------------


def _by_rung(ladder, known, valid_on, known_on, kind, known_by_relation):
    # The record is there as soon as one known milestone, of whatever kind or state, shows it.
    if not any(first_day(fact) <= valid_on or fact.known_from <= valid_on for fact in known):
        return None
    occurred = [fact for fact in known if has_occurred(fact, known_on)]
    return _end(ladder, known, known_by_relation, valid_on, known_on) or _furthest(
        ladder, known, occurred, valid_on, kind
    )


def _end(ladder, known, known_by_relation, valid_on, known_on):
    # An end of the record itself, be it only expected, silences the ends that follow from relations.
    own = [fact for fact in known if fact.kind in ladder.ends and not is_cancelled(fact)]
    if own:
        stages, ends = ladder.ends, own
    else:
        stages, ends = ladder.relation_ends, [fact for fact in known_by_relation if fact.kind in ladder.relation_ends]
    days = [(first_day(fact), last_day(fact), stages[fact.kind]) for fact in ends if has_occurred(fact, known_on)]
    # What runs out on a day that was set beforehand is over on the day after it, though it is still expected.
    days += [
        (_next_day(first_day(fact)), _next_day(last_day(fact)), stages[fact.kind])
        for fact in ends
        if fact.kind in ladder.expected_ends and not has_occurred(fact, known_on)
    ]
    begun = [(first, last, stage) for first, last, stage in days if first <= valid_on]
    if not begun:
        return None
    # The earliest first possible day wins; among equals the earliest last one, then the name.
    return min(begun)[2], any(last <= valid_on for _first, last, _stage in begun)


def _next_day(day):
    return day if day == date.max else day + timedelta(days=1)


def _furthest(ladder, known, occurred, valid_on, kind):
    def height(fact):
        return ladder.stages.index(ladder.rung(fact.kind, kind))

    begun = [fact for fact in occurred if ladder.rung(fact.kind, kind) and first_day(fact) <= valid_on]
    if not begun:
        # Certain once something was known of it, or once something certainly happened to it.
        certain = any(fact.known_from <= valid_on for fact in known) or any(last_day(f) <= valid_on for f in occurred)
        return ladder.first, certain
    furthest = max(height(fact) for fact in begun)
    certain = any(height(fact) >= furthest and last_day(fact) <= valid_on for fact in begun)
    return ladder.stages[furthest], certain


# --- placements: known by evidence ----------------------------------------------------------------------------------


def _by_evidence(ladder, known, valid_on, known_on, term):
    occurred = [fact for fact in known if has_occurred(fact, known_on)]
    evidence = [fact for fact in occurred if fact.kind in ladder.evidence]
    ended = [fact for fact in occurred if fact.kind in ladder.ends]

    if ended:
        earliest_end, end_certain = min(map(first_day, ended)), min(map(last_day, ended))
        end_possible = min(map(shows_from, ended))
        if evidence:  # evidence speaks on every day that it can mean: an end shows from the day after
            last_evidence = max(map(last_day, evidence))
            after = last_evidence + timedelta(days=1) if last_evidence < date.max else date.max
            end_possible = min(max(earliest_end, after), end_certain)
        if valid_on >= end_possible:
            return "ended", valid_on >= end_certain

    if evidence and valid_on >= min(map(shows_from, evidence)):
        last_sure_day = max(last_day(fact) if fact.date.earliest is None else first_day(fact) for fact in evidence)
        begun = valid_on >= min(map(last_day, evidence))
        if ended:  # an end is evidence too, of all the days before it can have come
            return "active", begun and (valid_on < earliest_end or valid_on <= last_sure_day)
        last_evidence = max(map(last_day, evidence))
        if valid_on <= last_evidence:
            return "active", begun and valid_on <= last_sure_day
        return _after_evidence(ladder, known, occurred, valid_on, last_evidence, term)

    return _planned(ladder, known, valid_on, known_on)


def shows_from(fact):
    """The first day on which it can tell of a post: its first possible day, or two years before its last one."""
    return fact.date.earliest or plus_years(last_day(fact), -2)


def _after_evidence(ladder, known, occurred, valid_on, last_evidence, term):
    """After the last evidence: how long the post may still be taken to be there."""
    until = plus_years(last_evidence, 2)
    started = [fact for fact in occurred if fact.kind == "started"]
    if term and started:
        end_of_term = plus_term(min(map(last_day, started)), term)
        if end_of_term > last_evidence:
            until = end_of_term
    planned_ends = [fact for fact in known if fact.kind in ladder.plan_ends and not is_cancelled(fact)]
    if planned_ends:
        # The latest word counts; of two words of one day, the later date.
        planned_end = last_day(max(planned_ends, key=lambda fact: (fact.known_from, last_day(fact))))
        if planned_end > last_evidence:
            until = planned_end
    return ("unconfirmed" if valid_on <= until else "not_known"), True


def _planned(ladder, known, valid_on, known_on):
    plans = [fact for fact in known if fact.kind in ladder.plans and not is_cancelled(fact)]
    if not any(_plan_shows(fact, shows_from(fact), valid_on, known_on) for fact in plans):
        return None
    if valid_on > max(plus_years(last_day(fact), 2) for fact in plans):
        return "not_known", True
    return "planned", any(_plan_shows(fact, last_day(fact), valid_on, known_on) for fact in plans)


def _plan_shows(fact, own_day, valid_on, known_on):
    # A day still to come shows from when it became known, an announcement that was made only from its own day.
    return own_day <= valid_on or (not has_occurred(fact, known_on) and fact.known_from <= valid_on)


# --- the calendar ---------------------------------------------------------------------------------------------------


def plus_years(day, years):
    """The same day some years on. 29 February becomes 28; the calendar does not go past its end."""
    if day.year + years > date.max.year:
        return date.max
    if (day.month, day.day) == (2, 29):
        day = day.replace(day=28) if plain_year(day.year + years) else day
    return day.replace(year=day.year + years)


def plain_year(year):
    return year % 4 != 0 or (year % 100 == 0 and year % 400 != 0)


def plus_term(start, term):
    """The last day of a term that starts that day: its years, then its weeks, and not the day after."""
    try:
        return plus_years(start, term.years) + timedelta(weeks=term.weeks, days=-1)
    except OverflowError:
        return date.max
