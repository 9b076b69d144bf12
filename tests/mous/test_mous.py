"""MoUs keep every contract; and what is special to them."""

import pytest

from cooperation.register import actions
from cooperation.register.models import Milestone
from mous.kind import MOUS
from mous.models import Memorandum
from tests.contracts import DeclaredKind
from tests.contracts.outlets import api_keys, get
from tests.factories import MemorandumFactory, MilestoneFactory


class TestMous(DeclaredKind):
    kind = MOUS
    factory = MemorandumFactory
    key = "mou-dubai-2021"
    milestone = "explored"
    own_keys = {"binding": "unknown", "exchangeBasis": "false"}
    filled = {"binding": True, "exchange_basis": False, "place": "Testburg"}
    shown = {"binding": "yes", "exchange_basis": "no"}


@pytest.mark.django_db
@pytest.mark.parametrize(("key", "field"), [("binding", "binding"), ("exchangeBasis", "exchange_basis")])
def test_yes_no_and_not_known_are_all_there_is(client, key, field):
    for value in (True, False, None):
        MemorandumFactory(**{field: value})
    every = set(api_keys(client, "/api/v1/mous", ""))
    parts = [set(api_keys(client, "/api/v1/mous", f"{key}={value}")) for value in ("true", "false", "unknown")]
    assert all(parts)
    assert set().union(*parts) == every
    assert sum(map(len, parts)) == len(every)


@pytest.mark.django_db
class TestTheDayOnWhichItRunsOut:
    """`expires` ends a record once its day has passed, also while it is only expected."""

    @pytest.fixture
    def memorandum(self) -> Memorandum:
        record = MemorandumFactory(milestones=[("signed", "2020-01-01")])
        values = {"kind": "expires", "state": "expected", "date": "2022-12-31"}
        MilestoneFactory(instrument=record, key="expires", **values)
        actions.rewrite_spans([record])
        return record

    @staticmethod
    def stage(client, record, day: str) -> str:
        return get(client, f"/api/v1/mous/{record.key}?validOn={day}&knownOn=2026-11-01").json()["stage"]

    def test_is_the_last_day_on_which_it_holds(self, client, memorandum):
        assert [self.stage(client, memorandum, day) for day in ("2022-12-31", "2023-01-01")] == ["signed", "expired"]

    def test_does_not_count_when_it_was_called_off(self, client, memorandum):
        hope = memorandum.milestones.get(key="expires")
        MilestoneFactory(
            instrument=memorandum, key="off", kind="expires", state="cancelled", date="2022-06-01", fulfils=hope
        )
        actions.rewrite_spans([memorandum])
        assert self.stage(client, memorandum, "2023-06-01") == "signed"

    def test_an_end_of_another_kind_does_not_count_while_it_is_expected(self, client, memorandum):
        Milestone.objects.filter(instrument=memorandum, key="expires").update(kind="ended")
        actions.rewrite_spans([memorandum])
        assert self.stage(client, memorandum, "2023-01-01") == "signed"


@pytest.mark.django_db
@pytest.mark.parametrize(("binding", "stalled"), [(True, True), (False, False), (None, False)])
def test_what_binds_is_not_done_once_it_is_signed(client, binding, stalled):
    record = MemorandumFactory(binding=binding, milestones=[("signed", "2020-01-01")])
    answer = get(client, f"/api/v1/mous/{record.key}?validOn=2021-01-01&knownOn=2021-01-01").json()
    assert (answer["stage"], answer["stalled"]) == ("signed", stalled)
