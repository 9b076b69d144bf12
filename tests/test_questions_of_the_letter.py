"""The questions that the register must answer, on page and API."""

import pytest

pytestmark = pytest.mark.django_db

LETTER_DAY = "validOn=2021-12-02&knownOn=2021-12-02"


def ask(client, path: str) -> dict:
    response = client.get(f"/api/v1/{path}")
    assert response.status_code == 200, response.content
    return response.json()


def text_of(client, path: str) -> str:
    response = client.get(path, headers={"accept-language": "en"})
    assert response.status_code == 200
    return response.content.decode().replace("\N{NO-BREAK SPACE}", " ")


class TestWhoSitsInAndCoversAlbania:
    QUESTION = f"placements?country=AL&{LETTER_DAY}&fields=key,stage,stageCertain,countries,milestones"

    def test_api(self, client):
        rows = {row["key"]: row for row in ask(client, self.QUESTION)["results"]}
        liaison = rows["politie-lo-albanie-2021"]
        assert (liaison["stage"], liaison["stageCertain"]) == ("active", True)
        why = {
            key: [(part["role"], part["reasonEn"]) for part in row["countries"] if part["country"] == "AL"]
            for key, row in rows.items()
        }
        assert why["politie-lo-albanie-2021"] == [("host", None)]
        assert why["kmar-filo-wenen"] == [("covered", "accredited")]
        assert rows["kmar-filo-wenen"]["stage"] == "not_known"
        assert {milestone["source"] for milestone in liaison["milestones"]} == {"brief-2021-12-02"}

    def test_host_only(self, client):
        rows = ask(client, self.QUESTION + "&countryRole=host")["results"]
        assert "kmar-filo-wenen" not in [row["key"] for row in rows]

    def test_page(self, client):
        page = text_of(client, f"/countries/AL/?{LETTER_DAY}")
        assert "Liaison officer, Albania (2021)" in page
        assert "no source after April 2017: accredited" in page
        assert "1 active" in page

    def test_not_before_it_was_known(self, client):
        rows = ask(client, "placements?country=AL&validOn=2021-12-02&knownOn=2021-12-01&fields=key")["results"]
        assert "politie-lo-albanie-2021" not in [row["key"] for row in rows]


def test_brazil_has_two_posts_years_apart(client):
    rows = ask(client, f"placements?country=BR&{LETTER_DAY}&fields=key,stage,milestones")["results"]
    stages = {row["key"]: row["stage"] for row in rows}
    assert stages == {"politie-filo-brazilie-2013": "not_known", "politie-lo-brazilie-2021": "active"}


class TestTheDirectorOfMaocN:
    def test_served_until(self, client):
        post = ask(client, f"placements/maocn-directeur-2021?{LETTER_DAY}")
        assert post["stage"] == "active"
        assert post["plannedEnd"] == {"edtf": "2024-10-31", "earliest": "2024-10-31", "latest": "2024-10-31"}
        assert "31 October 2024" in text_of(client, f"/placements/maocn-directeur-2021/?{LETTER_DAY}")

    def test_today(self, client):
        assert (
            ask(client, "placements/maocn-directeur-2021?validOn=2026-11-23&knownOn=2026-11-23")["stage"] == "not_known"
        )
        assert (
            ask(client, "placements/maocn-directeur-2021?validOn=2024-10-31&knownOn=2024-10-31")["stage"]
            == "unconfirmed"
        )
        page = text_of(client, "/placements/maocn-directeur-2021/?validOn=2026-11-23&knownOn=2026-11-23")
        assert "No source for more than 2 years, or past its planned end or term." in page


@pytest.mark.parametrize(
    ("key", "day", "stage", "certain"),
    [
        ("prum-ii-verordening", "2021-12-02", "announced", True),
        ("prum-ii-verordening", "2022-07-01", "negotiating", True),
        ("prum-ii-verordening", "2024-03-01", "adopted", True),
        ("prum-ii-verordening", "2026-11-23", "in_force", True),
        ("zweeds-kaderbesluit-2006-960", "2021-12-02", "applied", True),
        ("zweeds-kaderbesluit-2006-960", "2022-07-01", "applied", True),
        ("zweeds-kaderbesluit-2006-960", "2024-03-01", "repealed", False),
        ("zweeds-kaderbesluit-2006-960", "2026-11-23", "repealed", True),
    ],
)
def test_stage_on_a_day(client, key, day, stage, certain):
    file = ask(client, f"eu-proposals/{key}?validOn={day}&knownOn={day}")
    assert (file["stage"], file["stageCertain"]) == (stage, certain)
    word = stage.replace("_", " ")
    assert word in text_of(client, f"/eu/{key}/?validOn={day}&knownOn={day}")


class TestTheSchengenPackage:
    PACKAGE = {
        "prum-ii-verordening",
        "raadsaanbeveling-operationele-samenwerking",
        "richtlijn-informatie-uitwisseling",
        "schengengrenscode-herziening",
    }

    def test_expected_on_the_day_of_the_letter(self, client):
        question = f"eu-proposals?milestone=proposed&from=2021-12-03&{LETTER_DAY}&fields=key,stage,milestones"
        rows = ask(client, question)["results"]
        assert {row["key"] for row in rows} == self.PACKAGE
        expected = [m for row in rows for m in row["milestones"] if m["kind"] == "proposed"]
        assert {(m["state"], m["date"]["edtf"]) for m in expected} == {("expected", "2021-12-08")}
        assert {row["stage"] for row in rows} == {"announced"}

    def test_came_on_another_day(self, client):
        on = "validOn=2022-02-05&knownOn=2022-02-05"
        rows = ask(client, f"eu-proposals?package=schengen-2021-12&{on}&fields=key,bncFiche,milestones")["results"]
        came = {}
        for row in rows:
            proposed = next(m for m in row["milestones"] if m["kind"] == "proposed" and m["state"] == "occurred")
            assert proposed["fulfils"] == "proposed-expected"
            came[row["key"]] = (proposed["date"]["edtf"], row["bncFiche"])
        assert {key for key, (day, _fiche) in came.items() if day != "2021-12-08"} == {"schengengrenscode-herziening"}
        assert came["schengengrenscode-herziening"][0] == "2021-12-14"
        assert len({fiche for _day, fiche in came.values()}) == 4
        page = text_of(client, f"/eu/?package=schengen-2021-12&{on}")
        assert page.count("was expected") == 1
        assert "8 Dec 2021" in page
        detail = text_of(client, f"/eu/schengengrenscode-herziening/?{on}")
        assert "6 days later" in detail


class TestDisputedAndUncertain:
    def test_disputed_on_a_day(self, client):
        on = "validOn=2024-05-01&knownOn=2024-05-01"
        rows = ask(client, f"eu-proposals?disputed=true&{on}&fields=key,disputes")["results"]
        prum = next(row for row in rows if row["key"] == "prum-ii-verordening")["disputes"]
        assert [(claim["value"], claim["source"]) for claim in prum[0]["claims"]] == [
            ("2024-04-05", "32024r0982"),
            ("2024-04-04", "eucrim-prum"),
        ]
        assert prum[0]["follows"] == "32024r0982"
        page = text_of(client, f"/eu/prum-ii-verordening/?{on}")
        assert "follows this one" in page

    def test_a_dispute_about_what_was_not_yet_known_is_not_there(self, client):
        before = ask(client, "eu-proposals/prum-ii-verordening?validOn=2024-03-01&knownOn=2024-03-01")
        assert before["disputes"] == []
        assert before["disputed"] is False

    def test_uncertain_on_a_day(self, client):
        on = "validOn=2024-03-01&knownOn=2024-03-01"
        rows = ask(client, f"eu-proposals?certain=false&{on}&fields=key,stageCertain")["results"]
        assert "zweeds-kaderbesluit-2006-960" in [row["key"] for row in rows]
        assert "uncertain" in text_of(client, f"/eu/zweeds-kaderbesluit-2006-960/?{on}")
