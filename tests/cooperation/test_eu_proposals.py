"""EU proposals keep every contract; and what is special to them."""

from datetime import date

import pytest

from cooperation.kind import EU_PROPOSALS
from cooperation.models import EUProposal
from tests.contracts import DeclaredKind
from tests.contracts.kind import WORD, milestone
from tests.contracts.outlets import api_keys, csv_rows, get, read
from tests.factories import EUProposalFactory, MilestoneFactory, SourceFactory


class TestEUProposals(DeclaredKind):
    kind = EU_PROPOSALS
    factory = EUProposalFactory
    key = "prum-ii-verordening"
    milestone = "proposed"
    own_keys = {"package": "schengen-2021-12", "packageNot": "schengen-2021-12"}
    filled = {
        "com_number": "COM(2031) 784",
        "procedure": "2031/0410(COD)",
        "celex_proposal": "52031PC0784",
        "celex_act": "32031R0982",
        "act_number": "Regulation (EU) 2031/982",
        "oj_reference": "OJ L, 2031/982",
        "legal_basis": ["TFEU 77(2)(b)", "TFEU 87(2)(a)"],
        "lead_ministry": "Ministry of Tests",
        "bnc_fiche": "kst-22112-9999",
        "council_voting": "qualified_majority",
        "package": "schengen-2021-12",
    }
    shown = {"council_voting": "qualified majority", "package": "Schengen package of December 2021"}

    def show(self, record):
        for kind in ("bnc_fiche", "published"):
            milestone(record, kind, "2020-02-01", SourceFactory(), key=kind.replace("_", "-")).save()


@pytest.mark.django_db
class TestTheNumberOfTheAct:
    """It shows only from the milestone that brought it, by whatever outlet one looks."""

    NUMBERS = {"celex_act": "32031R0982", "act_number": "Regulation 2031/982", "oj_reference": "OJ L 2031/982"}

    @pytest.mark.parametrize("brought_by", EUProposal.ACT_MILESTONES)
    def test_appears_with_the_milestone_that_brought_it(self, client, brought_by):
        file = EUProposalFactory(milestones=[("proposed", "2020-01-01"), (brought_by, "2021-03-04")], **self.NUMBERS)
        for day, known in (("2021-03-03", False), ("2021-03-04", True)):
            clock = f"validOn={day}&knownOn={day}"
            answer = get(client, f"/api/v1/eu-proposals/{file.key}?{clock}").json()
            numbers = (answer["celexAct"], answer["actNumber"], answer["ojReference"])
            assert numbers == (tuple(self.NUMBERS.values()) if known else (None, None, None))
            page = read(client, f"/eu/{file.key}/?{clock}")
            assert {number in page for number in self.NUMBERS.values()} == {known}

    @pytest.mark.parametrize(("celex", "known"), [("32031D1312", True), ("22031A0220", False)])
    def test_a_mandate_brings_the_decision_to_negotiate_and_not_the_agreement(self, client, celex, known):
        milestones = [("proposed", "2020-01-01"), ("negotiating_mandate", "2021-03-04")]
        file = EUProposalFactory(kind="international_agreement", milestones=milestones, celex_act=celex)
        answer = get(client, f"/api/v1/eu-proposals/{file.key}?fields=celexAct").json()
        assert answer == {"celexAct": celex if known else None}

    def test_is_not_there_without_one(self, client):
        file = EUProposalFactory(milestones=[("proposed", "2020-01-01")], **self.NUMBERS)
        assert get(client, f"/api/v1/eu-proposals/{file.key}?fields=actNumber").json() == {"actNumber": None}


@pytest.mark.django_db
def test_a_package_and_all_but_it(client):
    every = set(api_keys(client, "/api/v1/eu-proposals", ""))
    package = set(api_keys(client, "/api/v1/eu-proposals", "package=schengen-2021-12"))
    others = set(api_keys(client, "/api/v1/eu-proposals", "packageNot=schengen-2021-12"))
    assert len(package) == 4
    assert package | others == every
    assert package & others == set()


@pytest.mark.django_db
class TestStalled:
    """A step is due, nothing happened for nine months, nothing is planned, and there is no end."""

    def is_stalled(self, client, file, day: str) -> bool:
        answer = get(client, f"/api/v1/eu-proposals/{file.key}?validOn={day}&knownOn={day}").json()
        question = f"stalled=true&validOn={day}&knownOn={day}"
        assert (file.key in api_keys(client, "/api/v1/eu-proposals", question)) == answer["stalled"]
        return answer["stalled"]

    @pytest.mark.parametrize(
        ("last", "until", "stalled"),
        [("2021-01-31", "2021-10-30", "2021-10-31"), ("2021-05-31", "2022-02-28", "2022-03-01")],
    )
    def test_from_the_day_nine_months_later(self, client, last, until, stalled):
        file = EUProposalFactory(milestones=[("proposed", "2020-01-01"), ("ep_mandate", last)])
        assert not self.is_stalled(client, file, last)
        assert not self.is_stalled(client, file, until)
        assert self.is_stalled(client, file, stalled)
        page = read(client, f"/eu/{file.key}/?validOn={stalled}&knownOn={stalled}")
        assert "nothing happened for 9 months" in page

    @pytest.mark.parametrize(
        ("kind", "milestones"),
        [
            ("regulation", [("proposed", "2010-01-01"), ("withdrawn", "2010-02-01")]),
            ("regulation", [("proposed", "2010-01-01"), ("entry_into_force", "2010-02-01")]),
            ("council_recommendation", [("proposed", "2010-01-01"), ("council_adopted", "2010-02-01")]),
            ("communication", [("proposed", "2010-01-01")]),
        ],
    )
    def test_not_what_has_ended_or_is_finished(self, client, kind, milestones):
        assert not self.is_stalled(client, EUProposalFactory(kind=kind, milestones=milestones), "2020-01-01")

    def test_what_comes_by_law_is_not_waited_for(self, client):
        for kind in ("regulation", "directive", "council_decision"):
            file = EUProposalFactory(
                kind=kind, milestones=[("proposed", "2010-01-01"), ("council_adopted", "2010-02-01")]
            )
            assert not self.is_stalled(client, file, "2020-01-01")
        agreement = EUProposalFactory(kind="international_agreement", milestones=[("council_adopted", "2010-02-01")])
        assert self.is_stalled(client, agreement, "2020-01-01")


@pytest.mark.django_db
class TestExpected:
    def test_an_expectation_shows_until_something_closes_it(self, client):
        file = EUProposalFactory(title_nl=WORD, milestones=[("announced", "2020-01-01")])
        values = {"kind": "proposed", "known_from": date(2020, 1, 1)}
        hope = MilestoneFactory(instrument=file, key="hope", date="2021-12-08", state="expected", **values)
        values["known_from"] = date(2021, 12, 14)
        MilestoneFactory(instrument=file, key="came", date="2021-12-14", fulfils=hope, **values)
        for day, expected, passed, proposed in (
            ("2021-12-02", "2021-12-08", "", ""),
            ("2021-12-08", "2021-12-08", "", ""),
            ("2021-12-13", "", "2021-12-08", ""),
            ("2021-12-14", "", "", "2021-12-14"),
        ):
            question = f"q={WORD}&columns=expected,wasExpected,proposed&beside=none&validOn={day}&knownOn={day}"
            assert csv_rows(client, "/eu/", question)[1] == [expected, passed, proposed], day
        page = read(client, f"/eu/?q={WORD}&validOn=2021-12-14&knownOn=2021-12-14")
        assert "was expected" in page
        assert "8 Dec 2021" in page
