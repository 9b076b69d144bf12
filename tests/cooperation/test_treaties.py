"""Treaties and their provisions keep every contract; and how a provision works through its treaty."""

import pytest

from cooperation.kind import PROVISIONS, TREATIES
from cooperation.models import Treaty
from cooperation.register import actions
from cooperation.register.models import Relation
from tests.contracts import DeclaredKind, KindContract
from tests.contracts.outlets import get
from tests.factories import CountryRoleFactory, ProvisionFactory, TreatyFactory, treaty_of_tests


class TestTreaties(DeclaredKind):
    kind = TREATIES
    factory = TreatyFactory
    key = "benelux-2018"
    milestone = "signed"
    own_keys = {"treaty": "benelux-2018"}
    filled = {
        "treaty_number_nl": "099999",
        "consolidated_id_nl": "BWBV0009999",
        "publications": ["Trb. 2031, 160", "Trb. 2032, 65"],
        "dutch_bill": "99999",
        "implements_article": "art. 99, vijfde lid",
        "under_treaty": TreatyFactory,
    }
    shown = {"implements_article": "Article 99, fifth paragraph"}  # in the reader's language


class TestProvisions(KindContract):
    is_second = True
    kind = PROVISIONS
    factory = ProvisionFactory
    key = "b18-art-16"
    milestone = "other"
    needed = {"treaty": treaty_of_tests}
    own_keys = {
        "treaty": "benelux-2018",
        "subject": "database-access",
        "subjectNot": "liability",
        "comparedToPredecessor": "new",
        "needsImplementingAgreement": "unknown",
        "articleVerified": "true",
    }
    filled = {
        "article": "art. 99",
        "article_verified": True,
        "heading_nl": "Proefkop",
        "chapter": "Titel 99 - Proeven",
        "subject": "database-access",
        "compared_to_predecessor": "widened",
        "needs_implementing_agreement": True,
        "implementing_basis": "art. 99, tweede lid",
        "treaty": TreatyFactory,
        "predecessor": ProvisionFactory,
        "implementing_agreement": TreatyFactory,
    }
    shown = {
        "article": "Article 99",
        "article_verified": "Article 99",
        "implementing_basis": "Article 99, second paragraph",
        "subject": "access to databases",
        "compared_to_predecessor": "wider",
        "needs_implementing_agreement": "yes",
    }


BEFORE, IN_FORCE, WORKS, OVER = "2021-01-01", "2022-06-01", "2024-06-01", "2026-01-01"


@pytest.mark.django_db
class TestHowAProvisionWorks:
    """Its stage is read off its treaty and the agreements that implement it (`domain.md`, rule 7)."""

    @pytest.fixture
    def treaty(self) -> Treaty:
        return TreatyFactory(
            milestones=[("signed", "2020-01-01"), ("entry_into_force", "2022-01-01"), ("replaced", "2025-01-01")]
        )

    @pytest.fixture
    def agreement(self, treaty) -> Treaty:
        return TreatyFactory(
            kind="implementing_agreement",
            under_treaty=treaty,
            milestones=[("signed", "2021-01-01"), ("entry_into_force", "2024-01-01")],
        )

    @staticmethod
    def stages(client, provision, *days: str) -> list[str]:
        answers = [get(client, f"/api/v1/provisions/{provision.key}?validOn={day}&knownOn=2026-11-01") for day in days]
        return [answer.json()["stage"] for answer in answers]

    @pytest.mark.parametrize("needs", [False, None])
    def test_with_its_treaty_where_nothing_more_is_needed_or_known_to_be(self, client, treaty, needs):
        provision = ProvisionFactory(treaty=treaty, needs_implementing_agreement=needs)
        stages = self.stages(client, provision, BEFORE, IN_FORCE, WORKS, OVER)
        assert stages == ["not_in_force", "in_force", "in_force", "replaced"]

    def test_waits_for_the_agreement_that_it_needs(self, client, treaty, agreement):
        provision = ProvisionFactory(treaty=treaty, needs_implementing_agreement=True, implementing_agreement=agreement)
        stages = self.stages(client, provision, BEFORE, IN_FORCE, WORKS, OVER)
        assert stages == ["not_in_force", "awaiting", "works", "replaced"]

    def test_an_agreement_that_says_it_implements_it_counts_as_well(self, client, treaty, agreement):
        provision = ProvisionFactory(treaty=treaty, needs_implementing_agreement=True)
        Relation.objects.create(instrument=agreement, type="implements", to=provision)
        actions.rewrite_spans([agreement])
        assert self.stages(client, provision, IN_FORCE, WORKS) == ["awaiting", "works"]

    def test_a_change_to_the_treaty_reaches_its_provisions(self, client, treaty):
        provision = ProvisionFactory(treaty=treaty)
        treaty.milestones.filter(kind="entry_into_force").update(date="2023-01-01")
        actions.rewrite_spans([treaty])
        assert self.stages(client, provision, IN_FORCE, WORKS) == ["not_in_force", "in_force"]

    def test_an_end_that_another_treaty_brings_reaches_its_provisions(self, client):
        old = TreatyFactory(milestones=[("entry_into_force", "2020-01-01")])
        provision = ProvisionFactory(treaty=old)
        new = TreatyFactory(milestones=[("signed", "2020-01-01"), ("entry_into_force", "2024-01-01")])
        Relation.objects.create(instrument=new, type="replaces", to=old)
        actions.rewrite_spans([new])
        assert self.stages(client, provision, IN_FORCE, WORKS) == ["in_force", "replaced"]

    def test_it_is_not_known_before_its_treaty_is(self, client, treaty):
        provision = ProvisionFactory(treaty=treaty)
        get(client, f"/api/v1/provisions/{provision.key}?validOn=2019-12-31&knownOn=2019-12-31", status=404)

    def test_a_vague_day_makes_it_uncertain_until_the_last_day_it_can_be(self, client):
        treaty = TreatyFactory(milestones=[("signed", "2020-01-01"), ("entry_into_force", "2022")])
        provision = ProvisionFactory(treaty=treaty)
        for day, certain in (("2021-12-31", True), ("2022-01-01", False), ("2022-12-31", True)):
            answer = get(client, f"/api/v1/provisions/{provision.key}?validOn={day}&knownOn=2026-11-01").json()
            assert answer["stageCertain"] == certain, day

    def test_it_works_between_the_parties_of_the_agreement_and_no_others(self, client, treaty, agreement):
        provision = ProvisionFactory(treaty=treaty, needs_implementing_agreement=True, implementing_agreement=agreement)
        for record, codes in ((provision, ("BE", "LU", "NL")), (agreement, ("BE", "NL"))):
            for code in codes:
                CountryRoleFactory(instrument=record, country_id=code, role="party")
        answer = get(client, f"/api/v1/provisions/{provision.key}?validOn={WORKS}&knownOn=2026-11-01").json()
        assert {tuple(pair["countries"]): pair["stage"] for pair in answer["pairs"]} == {
            ("BE", "LU"): "awaiting",
            ("BE", "NL"): "works",
            ("LU", "NL"): "awaiting",
        }

    def test_nothing_of_it_shows_an_agreement_that_fewer_may_see(self, client, treaty, agreement):
        Treaty.objects.filter(pk=agreement.pk).update(classification="internal")
        provision = ProvisionFactory(treaty=treaty, needs_implementing_agreement=True, implementing_agreement=agreement)
        assert self.stages(client, provision, WORKS) == ["awaiting"]
        answer = get(client, f"/api/v1/provisions/{provision.key}?validOn={WORKS}&knownOn=2026-11-01").json()
        assert answer["implementingAgreement"] is None
        page = get(client, f"/benelux/{provision.key}/?validOn={WORKS}&knownOn=2026-11-01").content.decode()
        assert agreement.key not in page
