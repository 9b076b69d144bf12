"""Spans follow from milestones: they are written with them, and a check finds those that do not."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cooperation.register import actions
from cooperation.register.domain.clock import Clock
from cooperation.register.models import Instrument, Milestone, Relation, StageSpan
from cooperation.register.search.query import Words
from tests.factories import EUProposalFactory, MilestoneFactory, PlacementFactory

pytestmark = pytest.mark.django_db


def stage_on(record: Instrument, day: date, known_on: date = date(2024, 1, 1)) -> str | None:
    found = StageSpan.objects.filter(instrument=record.pk, valid__contains=day, known__contains=known_on)
    return found.values_list("stage", flat=True).first()


@pytest.fixture
def proposal():
    return EUProposalFactory(milestones=[("proposed", "2020-02-01")])


@pytest.fixture
def tampered(proposal):
    """A record whose stored stage somebody typed."""
    StageSpan.objects.filter(instrument=proposal).update(stage="applied")
    return proposal


# --- written anew ----------------------------------------------------------------------------------------------------


def test_a_new_milestone_moves_the_stage_from_its_day(proposal):
    MilestoneFactory(instrument=proposal, kind="signed", date="2022-03-01", known_from=date(2022, 3, 2))
    assert stage_on(proposal, date(2022, 3, 1)) == "proposed"
    actions.rewrite_spans([proposal])
    assert stage_on(proposal, date(2022, 2, 28)) == "proposed"
    assert stage_on(proposal, date(2022, 3, 1)) == "adopted"
    assert stage_on(proposal, date(2022, 3, 1), known_on=date(2022, 3, 1)) == "proposed"


def test_a_milestone_that_goes_takes_its_stage_along(proposal):
    added = MilestoneFactory(instrument=proposal, kind="signed", date="2022-03-01")
    actions.rewrite_spans([proposal])
    added.delete()
    actions.rewrite_spans([proposal])
    assert stage_on(proposal, date(2022, 3, 1)) == "proposed"


def test_a_record_without_milestones_is_not_there(proposal):
    proposal.milestones.all().delete()
    actions.rewrite_spans([proposal])
    assert not proposal.spans.exists()


def test_a_correction_holds_from_the_day_it_is_known(proposal):
    wrong = proposal.milestones.get()
    right = {"kind": "proposed", "date": "2020-06-01", "known_from": date(2021, 1, 1)}
    MilestoneFactory(instrument=proposal, replaces=wrong, **right)
    actions.rewrite_spans([proposal])
    assert stage_on(proposal, date(2020, 3, 1), known_on=date(2020, 12, 31)) == "proposed"
    assert stage_on(proposal, date(2020, 3, 1), known_on=date(2021, 1, 1)) != "proposed"


def test_the_term_of_a_placement_counts():
    started = [("started", "2020-01-01")]
    post = PlacementFactory(term_years=4, milestones=started)
    assert stage_on(post, date(2023, 6, 1)) == "unconfirmed"
    post.term_years = None
    post.save()
    actions.rewrite_spans([post])
    assert stage_on(post, date(2023, 6, 1)) == "not_known"


@pytest.mark.parametrize("relation_type", ["repeals", "replaces"])
def test_the_end_of_another_record_follows(proposal, relation_type):
    """Only the record that repeals is named: what it repeals is written anew along with it."""
    act = EUProposalFactory(milestones=[("proposed", "2021-01-01")])
    Relation.objects.create(instrument=act, type=relation_type, to=proposal)
    actions.rewrite_spans([act])
    assert stage_on(proposal, date(2023, 6, 1)) == "proposed"

    MilestoneFactory(instrument=act, kind="entry_into_force", date="2023-05-01", known_from=date(2023, 5, 1))
    actions.rewrite_spans([act])
    assert stage_on(proposal, date(2023, 4, 30)) == "proposed"
    assert stage_on(proposal, date(2023, 5, 1)) == "repealed"
    assert stage_on(proposal, date(2023, 5, 1), known_on=date(2023, 4, 30)) == "proposed"


def test_an_end_of_its_own_wins(proposal):
    MilestoneFactory(instrument=proposal, kind="withdrawn", date="2022-01-01")
    act = EUProposalFactory(milestones=[("entry_into_force", "2021-06-01")])
    Relation.objects.create(instrument=act, type="repeals", to=proposal)
    actions.rewrite_spans([act])
    assert stage_on(proposal, date(2021, 7, 1)) == "proposed"
    assert stage_on(proposal, date(2022, 1, 1)) == "withdrawn"


def test_other_relations_end_nothing(proposal):
    act = EUProposalFactory(milestones=[("entry_into_force", "2021-06-01")])
    Relation.objects.create(instrument=act, type="amends", to=proposal)
    actions.rewrite_spans([act])
    assert stage_on(proposal, date(2023, 1, 1)) == "proposed"


def test_other_records_are_left_alone(proposal):
    other = EUProposalFactory()
    before = list(other.spans.values_list("pk"))
    actions.rewrite_spans([proposal])
    assert list(other.spans.values_list("pk")) == before


def test_no_more_questions_for_all_records_than_for_a_few(django_assert_max_num_queries, proposal):
    act = EUProposalFactory(milestones=[("entry_into_force", "2021-06-01")])
    Relation.objects.create(instrument=act, type="repeals", to=proposal)
    one_of_each_kind = Instrument.objects.order_by("resource", "pk").distinct("resource").values_list("pk", flat=True)
    with CaptureQueriesContext(connection) as for_a_few:
        actions.derive_spans([proposal.pk, act.pk, *one_of_each_kind])
    everything = list(Instrument.objects.values_list("pk", flat=True))
    with django_assert_max_num_queries(len(for_a_few)):
        actions.derive_spans(everything)


# --- words to search -------------------------------------------------------------------------------------------------


def test_the_words_of_a_record_are_its_texts_and_the_names_around_it():
    post = PlacementFactory(title_nl="Liaison Één", city="Tiranë", hosts=["AL"], sending_unit="Landelijke Eenheid")
    post.milestones.update(reference="Brief 1053")
    actions.rewrite_words([post])
    for words in ('"liaison een"', "tirane", "albanie", "albania", '"landelijke eenheid"', '"brief 1053"'):
        assert Instrument.objects.matching(Words(words), Clock.on()).filter(pk=post.pk).exists()


# --- the check -------------------------------------------------------------------------------------------------------


def test_the_real_set_is_in_order(capsys):
    assert actions.compare_spans() == []
    call_command("check_spans")
    assert "All spans follow" in capsys.readouterr().out


def test_a_stage_that_somebody_typed_is_found(tampered):
    assert actions.compare_spans() == [tampered.key]


@pytest.mark.parametrize(
    "tamper",
    [
        lambda spans: spans.delete(),
        lambda spans: spans.update(certain=False),
        lambda spans: spans.filter(known__endswith=None).update(known=(date(2030, 1, 1), None)),
        lambda spans: spans.filter(valid__endswith=None).update(valid=(date(2020, 3, 1), None)),
        lambda spans: Milestone.objects.filter(instrument__in=spans.values("instrument")).update(date="1990-01-01"),
    ],
    ids=["gone", "certain", "known", "valid", "milestone changed past the door"],
)
def test_whatever_differs_is_found(proposal, tamper):
    tamper(StageSpan.objects.filter(instrument=proposal))
    assert actions.compare_spans() == [proposal.key]


def test_the_command_names_what_differs_and_fails(tampered, capsys):
    with pytest.raises(CommandError, match="The spans of 1 instruments differ") as error:
        call_command("check_spans")
    assert error.value.returncode == 1
    assert capsys.readouterr().out == f"differs: {tampered.key}\n"
    assert actions.compare_spans() == [tampered.key]


def test_the_command_mends_when_asked(tampered, capsys):
    call_command("check_spans", repair=True)
    assert capsys.readouterr().out == f"differs: {tampered.key}\n1 written anew\n"
    assert actions.compare_spans() == []
