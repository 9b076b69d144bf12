"""What stands on a day (`domain.md`, rule 13): one definition for all kinds."""

import pytest

from cooperation.register.models import Instrument, kinds

pytestmark = pytest.mark.django_db


def test_an_end_and_what_is_not_known_do_not_stand(letter_day, anyone):
    """Record by record on the day of the letter, for each kind and for all of them together."""
    for model in [Instrument, *kinds().values()]:
        records = model.objects.visible_to(anyone).on(letter_day)
        stages = {record.pk: (record.concrete_class, record.stage) for record in records}
        ended = {pk for pk, (kind, stage) in stages.items() if stage in kind.ladder.end_stages}
        unknown = {pk for pk, (_kind, stage) in stages.items() if stage == "not_known"}
        standing = set(records.standing().values_list("pk", flat=True))
        assert standing == stages.keys() - ended - unknown
        assert standing == {record.pk for record in records if record.stands}


def test_a_planned_post_stands_and_is_not_there_yet():
    ladder = kinds()["placements"].ladder
    assert ladder.standing == ("planned", "active", "unconfirmed")
    assert ladder.present == ("active", "unconfirmed")
    assert ladder.active == ("active",)


def test_every_rung_of_another_kind_stands():
    ladder = kinds()["eu-proposals"].ladder
    assert ladder.standing == ladder.present == ladder.active == ladder.stages
    assert not ladder.end_stages & set(ladder.standing)
