"""From milestones to stages (`register/domain/spans.py`): against an oracle, by invariants, and by example."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations, product
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cooperation.register.domain.edtf import EDTF
from cooperation.register.domain.ladder import Ladder, Term, add_years
from cooperation.register.domain.spans import Fact, Span, spans

from .oracle import plus_term, plus_years, stage_on

ROOT = Path(__file__).resolve().parent.parent.parent
# Every ladder of the project whose records have milestones of their own (a provision follows its treaty).
LADDERS = {
    ladder.key: ladder
    for path in sorted(ROOT.glob("*/data/ladders.yaml"))
    for key in [record["key"] for record in yaml.safe_load(path.read_text("utf-8"))]
    if (ladder := Ladder.load(path, key)).first or ladder.evidence
}
EU_PROPOSAL, PLACEMENT = LADDERS["eu-proposal"], LADDERS["placement"]
DAY = timedelta(days=1)
LAST_DAY_TO_ASK_ABOUT = date.max - DAY  # the last day of the calendar stands for "never" in the oracle


def said_on(record: list[Span], valid_on: date, known_on: date) -> tuple[str, bool] | None:
    """What the spans of a record say on a pair of days: at most one covers it."""
    covering = [
        span
        for span in record
        if (span.valid_from is None or span.valid_from <= valid_on)
        and (span.valid_until is None or valid_on < span.valid_until)
        and span.known_from <= known_on
        and (span.known_until is None or known_on < span.known_until)
    ]
    assert len(covering) <= 1, covering
    return (covering[0].stage, covering[0].certain) if covering else None


# --- random records -------------------------------------------------------------------------------------------------

FEW_DAYS = st.sampled_from(
    [date(2020, 2, 29), date(2020, 12, 31), date(2021, 1, 1), date(2021, 12, 2), date(2023, 2, 28)]
)
NEAR_DAYS = st.one_of(FEW_DAYS, st.dates(date(2018, 1, 1), date(2025, 12, 31)))
ANY_DAYS = st.one_of(NEAR_DAYS, NEAR_DAYS, NEAR_DAYS, st.sampled_from([date(1000, 1, 1), date(9998, 12, 31)]))


@st.composite
def dates(draw, days):
    point = draw(days).isoformat()[: draw(st.sampled_from([4, 7, 10, 10, 10]))] + draw(st.sampled_from(["", "", "~"]))
    shape = draw(st.sampled_from(["{0}", "{0}", "{0}", "../{0}", "{0}/..", "{1}/{2}"]))
    start, end = sorted([draw(days), draw(days)])
    return EDTF(shape.format(point, start, end))


@st.composite
def facts(draw, kinds, days=ANY_DAYS):
    known_from = draw(days)
    known_until = draw(st.one_of(st.none(), st.none(), days.map(lambda day: max(day, known_from))))
    state = draw(st.sampled_from(["occurred", "occurred", "occurred", "expected", "cancelled"]))
    return Fact(draw(st.sampled_from(kinds)), draw(dates(days)), state, known_from, known_until)


@st.composite
def records(draw):
    """All that `spans()` is asked about one record: its ladder, its facts and the rest by name."""
    ladder = LADDERS[draw(st.sampled_from(sorted(LADDERS)))]
    # Few days for most of its facts, so that they meet: what matters happens where one touches another.
    few = st.sampled_from(draw(st.lists(NEAR_DAYS, min_size=2, max_size=4)))
    days = st.one_of(few, few, few, ANY_DAYS)
    kinds = [*ladder.milestones, *moving_by_evidence(ladder) * 2, *ladder.ends, ladder.never[0], "unheard_of"]
    sub_kinds = ["", *ladder.final, *(kind for exception in ladder.exceptions for kind in exception["kinds"])]
    weeks, years = st.integers(0, 60), st.integers(0, 4)
    return (
        ladder,
        draw(st.lists(facts(kinds, days), min_size=1, max_size=5)),
        {
            "kind": draw(st.sampled_from(sub_kinds)),
            "term": draw(st.none() | st.builds(Term, years=years, weeks=weeks).filter(lambda t: t.years or t.weeks)),
            "ends_by_relation": draw(st.lists(facts([*ladder.relation_ends, "related_to"], days), max_size=2)),
        },
    )


def moving_by_evidence(ladder):
    return [*ladder.evidence, *ladder.plans, *ladder.plan_ends]


def days_that_matter(facts, term, drawn):
    """Every day on which anything may change, its neighbours, and the ends of the calendar: (valid, known)."""
    valid, known = set(), set()
    for fact in facts:
        own_days = {fact.date.first, fact.date.last}
        known |= own_days | {fact.known_from, fact.known_until}
        valid |= own_days | {fact.known_from, plus_years(fact.date.last, 2), plus_years(fact.date.last, -2)}
        valid |= {plus_term(fact.date.last, term)} if term else set()
    for span in drawn:
        valid |= {span.valid_from, span.valid_until}
        known |= {span.known_from, span.known_until}
    return with_neighbours(valid), with_neighbours(known)


def with_neighbours(days):
    ordinals = {day.toordinal() + step for day in days - {None} for step in (-1, 0, 1)}
    ordinals |= {date.min.toordinal(), LAST_DAY_TO_ASK_ABOUT.toordinal()}
    return sorted(date.fromordinal(n) for n in ordinals if 1 <= n <= LAST_DAY_TO_ASK_ABOUT.toordinal())


# --- against the oracle ---------------------------------------------------------------------------------------------


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(records())
def test_spans_say_what_the_rules_say_on_every_pair_of_days(record):
    ladder, facts, rest = record
    drawn = spans(ladder, facts, **rest)
    for pair in product(*days_that_matter([*facts, *rest["ends_by_relation"]], rest["term"], drawn)):
        assert said_on(drawn, *pair) == stage_on(ladder, facts, *pair, **rest), f"valid, known: {pair}"


# --- what is always so ----------------------------------------------------------------------------------------------


def meet(one: Span, other: Span, axis: str) -> bool:
    """Whether two spans share a day of this axis (`valid` or `known`)."""
    (a_from, a_until), (b_from, b_until) = (
        (getattr(span, f"{axis}_from") or date.min, getattr(span, f"{axis}_until") or date.max) for span in (one, other)
    )
    return a_from < b_until and b_from < a_until


def follow(one: Span, other: Span, axis: str) -> bool:
    """Whether one of two spans begins where the other one stops."""
    return any(
        getattr(a, f"{axis}_until") is not None and getattr(a, f"{axis}_until") == getattr(b, f"{axis}_from")
        for a, b in [(one, other), (other, one)]
    )


@settings(deadline=None)
@given(records())
def test_spans_are_sound(record):
    ladder, facts, rest = record
    drawn = spans(ladder, facts, **rest)
    for span in drawn:
        assert span.stage in ladder.every_stage
        assert span.valid_until is None or (span.valid_from or date.min) < span.valid_until
        assert span.known_until is None or span.known_from < span.known_until
    for one, other in combinations(drawn, 2):
        assert not (meet(one, other, "valid") and meet(one, other, "known"))
        if (one.stage, one.certain) == (other.stage, other.certain):
            same_days = (one.valid_from, one.valid_until) == (other.valid_from, other.valid_until)
            assert not (same_days and follow(one, other, "known")), "one span in two pieces of knowledge"
            assert not (meet(one, other, "known") and follow(one, other, "valid")), "one span in two pieces of days"


@settings(deadline=None)
@given(records(), st.randoms(use_true_random=False))
def test_the_order_of_the_facts_does_not_matter(record, random):
    ladder, facts, rest = record
    shuffled, by_relation = list(facts), list(rest["ends_by_relation"])
    random.shuffle(shuffled)
    random.shuffle(by_relation)
    assert spans(ladder, shuffled, **{**rest, "ends_by_relation": by_relation}) == spans(ladder, facts, **rest)


def until(drawn: list[Span], day: date) -> list[Span]:
    """What could be said before that day."""
    return [
        replace(span, known_until=day if span.known_until is None else min(span.known_until, day))
        for span in drawn
        if span.known_from < day
    ]


@settings(deadline=None)
@given(records(), st.data())
def test_what_was_said_before_is_never_rewritten(record, data):
    ladder, known, rest = record
    before = spans(ladder, known, **rest)
    news = data.draw(facts([*ladder.milestones, *moving_by_evidence(ladder), *ladder.ends]))
    assert until(spans(ladder, [*known, news], **rest), news.known_from) == until(before, news.known_from)
    # And a correction: the fact as it was stays known until the day on which the right one is.
    if known and known[0].known_until is None and known[0].known_from <= news.known_from:
        corrected = [replace(known[0], known_until=news.known_from), *known[1:], news]
        assert until(spans(ladder, corrected, **rest), news.known_from) == until(before, news.known_from)


@settings(deadline=None)
@given(records())
def test_what_is_cancelled_or_never_moves_a_stage_does_not(record):
    ladder, facts, rest = record
    still = [replace(f, state="cancelled") if ladder.moves(f.kind) else f for f in facts]
    assert {span.stage for span in spans(ladder, still, **{**rest, "ends_by_relation": ()})} <= {ladder.first} - {""}


@given(st.dates(min_value=date(1000, 1, 1)), st.integers(-100, 100))
def test_years_on(day, years):
    assert add_years(day, years) == plus_years(day, years)


# --- by example -----------------------------------------------------------------------------------------------------


def fact(kind, day, known_from=None, state="occurred", known_until=None):
    """A fact as people write it down; known, unless said otherwise, from its last possible day."""
    when = EDTF(day)
    return Fact(kind, when, state, day_of(known_from) or when.latest, day_of(known_until))


def day_of(text):
    return text and date.fromisoformat(text)


def on(drawn, valid_on, known_on=None):
    """What is said of a day, as known on that day itself unless said otherwise."""
    return said_on(drawn, day_of(valid_on), day_of(known_on or valid_on))


def test_no_facts_no_record():
    assert spans(EU_PROPOSAL, []) == []
    assert spans(PLACEMENT, []) == []
    assert spans(EU_PROPOSAL, [], ends_by_relation=[fact("repeals", "2021-12-02")]) == []


def test_the_director_of_a_centre_in_lisbon():
    """Three years from 1 November 2021, says the letter of 2 December 2021."""
    letter = "2021-12-02"
    director = [
        fact("started", "2021-11-01", letter),
        fact("observed", "2021-12-02", letter),
        fact("planned_end", "2024-10-31", letter, state="expected"),
    ]
    told = date(2021, 12, 2)
    assert spans(PLACEMENT, director, term=Term(years=3)) == [
        Span("active", True, date(2021, 11, 1), date(2021, 12, 3), told, None),
        Span("unconfirmed", True, date(2021, 12, 3), date(2024, 11, 1), told, None),
        Span("not_known", True, date(2024, 11, 1), None, told, None),
    ]
    # Where the source does not name the day, the term says the same; and else two years after the last evidence.
    assert spans(PLACEMENT, director[:2], term=Term(years=3)) == spans(PLACEMENT, director)
    assert on(spans(PLACEMENT, director[:2]), "2023-12-02") == ("unconfirmed", True)
    assert on(spans(PLACEMENT, director[:2]), "2023-12-03") == ("not_known", True)


def test_a_placement_seen_again_was_there_all_the_time():
    post = spans(PLACEMENT, [fact("started", "2018-06"), fact("observed", "2023-03-01")])
    assert on(post, "2018-06-30") == ("active", False)  # it may have started that day, and nobody has seen it since
    assert on(post, "2018-06-29", "2023-03-01") == ("active", False)
    assert on(post, "2018-06-30", "2023-03-01") == ("active", True)
    assert on(post, "2018-05-31", "2023-03-01") is None
    assert on(post, "2021-01-01") == ("not_known", True)  # what could be said that day
    assert on(post, "2021-01-01", "2023-03-01") == ("active", True)  # what is known of that day since


def test_evidence_of_a_month_is_certain_up_to_its_first_day():
    post = spans(PLACEMENT, [fact("observed", "2021-03-10"), fact("observed", "2021-08")])
    assert on(post, "2021-08-01", "2021-08-31") == ("active", True)
    assert on(post, "2021-08-02", "2021-08-31") == ("active", False)
    assert on(post, "2021-09-01") == ("unconfirmed", True)


def test_a_planned_end_that_has_been_overtaken_by_evidence_says_nothing():
    facts = [
        fact("started", "2018-01-01"),
        fact("planned_end", "2020-12-31", "2018-01-01", state="expected"),
        fact("observed", "2022-05-01"),
    ]
    assert on(spans(PLACEMENT, facts), "2024-05-01") == ("unconfirmed", True)
    assert on(spans(PLACEMENT, facts), "2024-05-02") == ("not_known", True)
    # A term still to run counts; the latest word on the end counts more.
    assert on(spans(PLACEMENT, facts, term=Term(years=10)), "2027-12-31") == ("unconfirmed", True)
    extended = [*facts, fact("planned_end", "2025-12-31", "2022-05-01", state="expected")]
    assert on(spans(PLACEMENT, extended, term=Term(years=10)), "2025-12-31") == ("unconfirmed", True)
    assert on(spans(PLACEMENT, extended, term=Term(years=10)), "2026-01-01") == ("not_known", True)


def test_a_mission_that_ended_was_there_until_then():
    """The source gives years: begun in 2001, ended in 2002, and tells so in 2016."""
    told = "2016-02-29"
    mission = spans(PLACEMENT, [fact("started", "2001", told), fact("ended", "2002", told)])
    assert on(mission, "2001-06-01", told) == ("active", False)
    assert on(mission, "2001-12-31", told) == ("active", True)
    assert on(mission, "2002-01-01", told) == ("ended", False)
    assert on(mission, "2002-12-31", told) == ("ended", True)
    assert on(mission, "2002-12-31") is None  # nobody had told us yet


def test_an_end_before_some_day_is_not_before_the_last_evidence():
    post = spans(PLACEMENT, [fact("observed", "2019-05-01"), fact("ended", "../2021-12-02")])
    assert on(post, "2019-04-30", "2021-12-02") is None
    assert on(post, "2019-05-01", "2021-12-02") == ("active", True)
    assert on(post, "2019-05-02", "2021-12-02") == ("ended", False)
    assert on(post, "2021-12-02") == ("ended", True)


def test_evidence_on_or_before_a_day_reaches_back_two_years_and_not_for_ever():
    """A source of 2016 that gives no years says nothing about 1950."""
    told = "2016-02-29"
    post = spans(PLACEMENT, [fact("observed", "../2016-02")])
    assert post == [
        Span("active", False, date(2014, 2, 28), date(2016, 2, 29), date(2016, 2, 29), None),
        Span("active", True, date(2016, 2, 29), date(2016, 3, 1), date(2016, 2, 29), None),
        Span("unconfirmed", True, date(2016, 3, 1), date(2018, 3, 1), date(2016, 2, 29), None),
        Span("not_known", True, date(2018, 3, 1), None, date(2016, 2, 29), None),
    ]
    # What is seen before those two years was there all the time; an end is evidence up to it, as before.
    seen_before = spans(PLACEMENT, [fact("started", "2010-01-01"), fact("observed", "../2016-02")])
    assert on(seen_before, "2012-01-01", told) == ("active", True)
    ended = spans(PLACEMENT, [fact("started", "../2016-02"), fact("ended", "2019")])
    assert on(ended, "2014-02-27", "2019-12-31") is None
    assert on(ended, "2016-02-28", "2019-12-31") == ("active", False)
    assert on(ended, "2018-12-31", "2019-12-31") == ("active", True)


@pytest.mark.parametrize(
    ("kind", "stage"), [("ended", "ended"), ("announced", "planned"), ("planned_start", "planned")]
)
def test_an_end_or_a_plan_on_or_before_a_day_reaches_back_as_far(kind, stage):
    post = spans(PLACEMENT, [fact(kind, "../2014-05-20")])
    assert on(post, "2012-05-19", "2014-05-20") is None
    assert on(post, "2012-05-20", "2014-05-20") == (stage, False)
    assert on(post, "2014-05-19", "2014-05-20") == (stage, False)
    assert on(post, "2014-05-20") == (stage, True)


def test_two_words_on_the_planned_end_of_one_day_and_two_starts():
    facts = [
        fact("started", "2018-01-01"),
        fact("planned_end", "2020-12-31", "2018-01-01", state="expected"),
        fact("planned_end", "2021-12-31", "2018-01-01", state="expected"),
    ]
    assert on(spans(PLACEMENT, facts), "2021-12-31") == ("unconfirmed", True)
    # A planned end that lies not after the last evidence gives way to the term, counted from the earliest start.
    again = [*facts, fact("started", "2021-12-31")]
    assert on(spans(PLACEMENT, again), "2023-12-31") == ("unconfirmed", True)
    assert on(spans(PLACEMENT, again, term=Term(years=5, weeks=2)), "2023-01-14") == ("unconfirmed", True)
    assert on(spans(PLACEMENT, again, term=Term(years=5, weeks=2)), "2023-01-15") == ("not_known", True)


def test_a_plan_shows_from_when_it_is_known_and_lapses_after_two_years():
    post = spans(PLACEMENT, [fact("planned_start", "2022", "2021-12-02", state="expected")])
    assert on(post, "2021-12-01", "2021-12-02") is None
    assert on(post, "2021-12-02") == ("planned", True)
    assert on(post, "2024-12-31") == ("planned", True)
    assert on(post, "2025-01-01") == ("not_known", True)


def test_a_plan_does_not_move_a_post_that_was_seen():
    facts = [fact("announced", "2020-01-01"), fact("observed", "2021-01-01"), fact("announced", "2023-02-01")]
    post = spans(PLACEMENT, facts)
    assert on(post, "2020-06-01") == ("planned", True)
    assert on(post, "2021-01-01") == ("active", True)
    assert on(post, "2023-02-01") == ("not_known", True)


def test_a_term_may_be_counted_from_a_start_that_is_open():
    """However late it may have started: the calendar ends before such a term does."""
    post = spans(PLACEMENT, [fact("started", "2021-12-02/..", "2021-12-02")], term=Term(weeks=12))
    assert on(post, "2030-01-01") == ("active", False)


def test_a_framework_decision_repealed_some_day():
    """Its successor is in force since 11 June 2023; from which day it ended the old one is not verified."""
    decision = [
        fact("council_adopted", "2006-12-18"),
        fact("published", "2006-12-29"),
        fact("transposition_deadline", "2008-12-19"),
        fact("repealed", "2023-06-11/2026-11-23", "2023-05-22"),
    ]
    drawn = spans(EU_PROPOSAL, decision, kind="framework_decision")
    assert on(drawn, "2007-01-01") == ("adopted", True)
    assert on(drawn, "2021-12-02") == ("applied", True)
    assert on(drawn, "2023-06-10") == ("applied", True)
    assert on(drawn, "2024-03-01") == ("repealed", False)
    assert on(drawn, "2026-11-22") == ("repealed", False)
    assert on(drawn, "2026-11-24") == ("repealed", True)
    assert on(drawn, "2024-03-01", "2023-06-10") == ("applied", True)  # on the eve it was still to come


def test_a_regulation_climbs_its_ladder():
    """Prüm II: announced for 8 December 2021 and proposed that day, in force on 25 April 2024."""
    regulation = [
        fact("announced", "2021-12-02"),
        fact("proposed", "2021-12-08", "2021-12-02", state="expected"),
        fact("proposed", "2021-12-08", "2022-02-04"),  # the letter on it is of that day
        fact("bnc_fiche", "2022-02-04"),
        fact("opinion", "2022-03-02"),
        fact("council_general_approach", "2022-06-10"),
        fact("ep_adopted", "2024-02-08"),
        fact("council_adopted", "2024-02-26"),
        fact("signed", "2024-03-13"),
        fact("published", "2024-04-05"),
        fact("entry_into_force", "2024-04-25"),
    ]
    drawn = spans(EU_PROPOSAL, regulation, kind="regulation")
    assert on(drawn, "2021-12-01") is None
    assert on(drawn, "2021-12-02") == ("announced", True)
    assert on(drawn, "2021-12-08") == ("announced", True)  # expected that day, no more
    assert on(drawn, "2021-12-08", "2022-02-04") == ("proposed", True)
    assert on(drawn, "2022-03-02") == ("proposed", True)  # an opinion never moves the stage
    assert on(drawn, "2022-06-10") == ("negotiating", True)
    assert on(drawn, "2024-02-08") == ("agreed", True)
    assert on(drawn, "2024-04-24") == ("adopted", True)
    assert on(drawn, "2024-04-25") == ("in_force", True)
    assert on(drawn, "2023-01-01", "2024-04-25") == ("negotiating", True)
    assert on(drawn, "2024-04-25", "2023-01-01") == ("negotiating", True)


def test_what_is_expected_never_moves_the_stage():
    proposal = [
        fact("announced", "2021-12-02"),
        fact("proposed", "2021-12-08", "2021-12-02", state="expected"),
        fact("repealed", "2030-01-01", "2021-12-02", state="expected"),
    ]
    told = date(2021, 12, 2)
    assert spans(EU_PROPOSAL, proposal) == [Span("announced", True, told, None, told, None)]


def test_what_occurs_on_a_day_to_come_is_expected_until_then():
    """A published act says from which day it applies."""
    act = spans(EU_PROPOSAL, [fact("published", "2021-06-01"), fact("applies_from", "2022-03-01", "2021-06-01")])
    assert on(act, "2022-03-01", "2022-02-28") == ("adopted", True)
    assert on(act, "2022-03-01") == ("applied", True)


def test_a_vague_step_is_uncertain_until_it_is_over():
    act = spans(EU_PROPOSAL, [fact("proposed", "2021-06-01"), fact("council_adopted", "2022")])
    assert on(act, "2021-12-31", "2022-12-31") == ("proposed", True)
    assert on(act, "2022-06-01", "2022-12-31") == ("adopted", False)
    assert on(act, "2022-12-31") == ("adopted", True)


def test_what_is_open_is_never_certain():
    told = date(2021, 12, 2)
    assert spans(EU_PROPOSAL, [fact("proposed", "2021-12-02/..", "2021-12-02")]) == [
        Span("proposed", False, told, None, told, None)
    ]
    # On or before: it had always been possible, and is certain from the day itself.
    assert spans(EU_PROPOSAL, [fact("proposed", "../2021-12-02", "2021-12-02")]) == [
        Span("proposed", False, None, told, told, None),
        Span("proposed", True, told, None, told, None),
    ]


def test_a_correction_changes_what_is_said_from_the_day_it_is_known():
    act = spans(
        EU_PROPOSAL,
        [
            fact("proposed", "2021-12-08", "2021-12-08"),
            fact("entry_into_force", "2023-10-01", "2023-10-01", known_until="2025-08-01"),
            fact("entry_into_force", "2025-07-15", "2025-08-01"),
        ],
    )
    assert on(act, "2024-01-01") == ("in_force", True)
    assert on(act, "2024-01-01", "2025-07-31") == ("in_force", True)  # said before, and said no more
    assert on(act, "2024-01-01", "2025-08-01") == ("proposed", True)
    assert on(act, "2025-07-15", "2025-08-01") == ("in_force", True)


def test_a_fact_withdrawn_on_the_day_it_was_known_was_never_said():
    assert spans(EU_PROPOSAL, [fact("proposed", "2021-12-08", known_until="2021-12-08")]) == []


def test_an_end_wins_over_what_comes_after_it():
    act = spans(
        EU_PROPOSAL,
        [fact("proposed", "2020-01-01"), fact("withdrawn", "2021-01-01"), fact("council_adopted", "2022-01-01")],
    )
    assert on(act, "2020-12-31") == ("proposed", True)
    assert on(act, "2022-06-01") == ("withdrawn", True)


def test_of_two_ends_the_first_is_told_and_either_makes_it_certain():
    act = spans(EU_PROPOSAL, [fact("repealed", "2020/2030", "2022-01-01"), fact("withdrawn", "2022-01-01")])
    assert on(act, "2021-12-31", "2022-01-01") == ("repealed", False)
    assert on(act, "2022-01-01") == ("repealed", True)


def test_an_end_by_relation_counts_where_the_record_has_none_of_its_own():
    act = [fact("council_adopted", "2006-12-18")]
    by_relation = [fact("repeals", "2023-06-11")]
    assert on(spans(EU_PROPOSAL, act, ends_by_relation=by_relation), "2023-06-11") == ("repealed", True)
    amended = spans(EU_PROPOSAL, act, ends_by_relation=[fact("amends", "2023-06-11")])
    assert on(amended, "2023-06-11") == ("adopted", True)

    expires = fact("expired", "2027-01-01", "2006-12-18", state="expected")
    assert on(spans(EU_PROPOSAL, [*act, expires], ends_by_relation=by_relation), "2024-01-01") == ("adopted", True)
    called_off = replace(expires, state="cancelled")
    drawn = spans(EU_PROPOSAL, [*act, called_off], ends_by_relation=by_relation)
    assert on(drawn, "2024-01-01") == ("repealed", True)


@pytest.mark.parametrize(
    ("kind", "milestone", "stage"),
    [
        ("regulation", "signed", "adopted"),
        ("international_agreement", "signed", "agreed"),
        ("international_agreement", "entry_into_force", "in_force"),
        ("regulation", "proposed", "proposed"),
        ("communication", "proposed", "adopted"),
        ("directive", "applies_from", "applied"),
        ("operational_cycle", "applies_from", "in_force"),
        ("", "opinion", "announced"),
    ],
)
def test_a_sub_kind_may_reach_another_rung(kind, milestone, stage):
    assert on(spans(EU_PROPOSAL, [fact(milestone, "2021-12-02")], kind=kind), "2021-12-02") == (stage, True)


# --- the ladders themselves -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("ladder", LADDERS.values(), ids=LADDERS)
def test_a_ladder_agrees_with_itself(ladder):
    rungs = {*ladder.milestones.values(), *ladder.final.values()}
    rungs |= {stage for exception in ladder.exceptions for stage in exception["milestones"].values()}
    assert rungs | {ladder.first or ladder.stages[0]} <= set(ladder.stages)
    assert not ladder.end_stages & set(ladder.stages)
    assert set(ladder.every_stage) == set(ladder.stages) | ladder.end_stages
    groups = (ladder.milestones, ladder.evidence, ladder.plans, ladder.plan_ends, ladder.ends, ladder.never)
    kinds = [kind for group in groups for kind in group]
    assert len(kinds) == len(set(kinds))
    assert all(map(ladder.knows, kinds))
    assert not ladder.knows("unheard_of")
    assert not any(map(ladder.moves, ladder.never))


def test_the_final_rung_goes_by_the_sub_kind():
    assert EU_PROPOSAL.final_rung("regulation") == "applied"
    assert EU_PROPOSAL.final_rung("international_agreement") == "in_force"
    assert PLACEMENT.final_rung("mission") == "active"
