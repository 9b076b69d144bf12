"""Calendar files (RFC 5545), read back by the library that calendars are read by."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from icalendar import Calendar, Event

from cooperation.register import actions
from cooperation.register.models import Instrument
from tests.contracts.kind import LETTER_DAY, WORD
from tests.contracts.outlets import get, read
from tests.factories import EUProposalFactory, MilestoneFactory, PlacementFactory, SourceFactory

from .test_exports import HOSTILE, UNSEEN

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
LISTS = ("/timeline/", "/commitments/", "/search/", "/placements/", "/api/v1/milestones", "/api/v1/placements")


def events(client, path: str, query: str, language: str = "en") -> list[Event]:
    answer = get(client, f"{path}?{query}&format=ics", language=language)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    content = answer.getvalue()
    assert all(len(line) <= 75 for line in content.split(b"\r\n")), "lines are folded"
    assert b"\n" not in content.replace(b"\r\n", b"")
    calendar = Calendar.from_ical(content)
    assert (calendar["VERSION"], bool(calendar["PRODID"])) == ("2.0", True)
    assert calendar.errors == []
    found = calendar.walk("VEVENT")
    for event in found:
        assert event.errors == []
        assert {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "URL", "DESCRIPTION", "CLASS"} <= set(event)
        for name in ("DTSTART", "DTEND"):
            assert type(event.decoded(name)) is date
        assert event.decoded("DTSTART") < event.decoded("DTEND")
    assert len({event["UID"] for event in found}) == len(found)
    return found


def days(event: Event) -> tuple[str, str]:
    """The first and the last day of an event."""
    return str(event.decoded("DTSTART")), str(event.decoded("DTEND") - timedelta(days=1))


@pytest.mark.parametrize("path", LISTS)
def test_is_a_calendar_on_today_and_on_the_day_of_the_letter(client, path):
    for language, query in (("nl", ""), ("en", LETTER_DAY)):
        assert events(client, path, query, language)


def test_the_timeline_is_its_milestones(client):
    query = f"from=2021-12-01&until=2021-12-31&{LETTER_DAY}"
    count = get(client, f"/api/v1/milestones?{query}").json()["count"]
    found = events(client, "/timeline/", query)
    assert len(found) == count > 3
    assert {event["STATUS"] for event in found} == {"CONFIRMED", "TENTATIVE"}
    expected = next(event for event in found if event["UID"].startswith("milestone.prum-ii-verordening."))
    assert expected["SUMMARY"].startswith("Expected: ")
    assert days(expected) == ("2021-12-08", "2021-12-08")
    assert expected["URL"].startswith("http://testserver/eu/prum-ii-verordening/#milestone-")


@pytest.mark.parametrize(
    ("written", "first", "last", "words"),
    [
        ("2031-12-02", "2031-12-02", "2031-12-02", ""),
        ("2031-08", "2031-08-01", "2031-08-31", " (August 2031)"),
        ("2031~", "2031-01-01", "2031-12-31", " (about 2031)"),
        ("2031-03-01/2031-04-15", "2031-03-01", "2031-04-15", " (between 1 March 2031 and 15 April 2031)"),
        ("../2031-12-02", "2031-12-02", "2031-12-02", " (on or before 2 December 2031)"),
        ("2031-12-02/..", "2031-12-02", "2031-12-02", " (on or after 2 December 2031)"),
    ],
)
def test_a_vague_date_is_its_range_and_says_so(client, written, first, last, words):
    record = EUProposalFactory(title_nl=WORD, title_en="", milestones=[("proposed", "2020-01-01")])
    source = SourceFactory(title="A paper, with a comma", url="https://example.org/paper")
    values = {"kind": "council_adopted", "key": "adopted", "state": "expected", "note_en": "", "note_nl": "a note"}
    MilestoneFactory(instrument=record, source=source, date=written, **values)
    (event,) = events(client, "/eu/", f"q={WORD}")
    assert days(event) == (first, last)
    assert event["SUMMARY"] == f"Expected: adopted by the Council – {WORD}{words}"
    assert event["DESCRIPTION"].split("\n")[1:] == [
        "a note",
        "Source: A paper, with a comma. https://example.org/paper",
    ]
    (again,) = events(client, "/timeline/", f"q={WORD}&open=true", "nl")
    assert (again["UID"], days(again)) == (event["UID"], days(event)), "the same event, wherever it is asked"


def test_of_a_list_what_is_still_to_come(client):
    post = PlacementFactory(title_nl=WORD, title_en="", milestones=[("started", "2020-01-01")])
    for number, (day, known) in enumerate([("2039-01-01", "2020-01-01"), ("2037-05-01", "2021-01-01")]):
        values = {"kind": "planned_end", "date": day, "known_from": known, "state": "expected"}
        MilestoneFactory(instrument=post, key=f"plan-{number}", **values)
    source = SourceFactory()
    for what, due, more in (
        ("is open", "2035", {}),
        ("is kept", "2021-01-01", {"outcome_nl": "done", "outcome_date": "2021-01-01"}),
        ("has no day", None, {}),
    ):
        post.commitments.create(what_nl=what, made_in=source, due=due, **more)
    found = {event["SUMMARY"]: days(event) for event in events(client, "/placements/", f"q={WORD}")}
    assert found == {
        f"Expected: planned end – {WORD}": ("2037-05-01", "2037-05-01"),
        "Commitment: is open (2035)": ("2035-01-01", "2035-12-31"),
    }
    promises = [event["SUMMARY"] for event in events(client, "/commitments/", f"q={WORD}")]
    assert promises == ["Commitment (kept): is kept", "Commitment: is open (2035)"]
    MilestoneFactory(instrument=post, key="ended", kind="ended", date="2022-01-01")
    actions.rewrite_spans([post])
    assert [event["SUMMARY"] for event in events(client, "/placements/", f"q={WORD}")] == ["Commitment: is open (2035)"]


@pytest.mark.parametrize("text", [*HOSTILE, "END:VEVENT\r\nEND:VCALENDAR", "BEGIN:VALARM\nTRIGGER:-PT1M", "a\\nb,;c"])
def test_hostile_texts_stay_texts(client, text):
    record = EUProposalFactory(title_nl=f"{WORD} {text}"[:500], title_en="", milestones=[("proposed", "2020-01-01")])
    values = {"kind": "other", "date": "2035-01-01", "state": "expected"}
    MilestoneFactory(instrument=record, key="soon", note_nl=text, note_en="", **values)
    (event,) = events(client, "/eu/", f"q={WORD}")
    assert event.subcomponents == []
    told = UNSEEN.sub("\N{REPLACEMENT CHARACTER}", text.replace("\r\n", "\n").replace("\r", "\n"))
    assert f"\n{told}\n" in event["DESCRIPTION"]
    assert "TRIGGER" not in event


def test_what_is_hidden_is_no_event_and_what_is_not_public_says_so(client, django_user_model):
    outlets = [f"{path}?format=ics" for path in LISTS]
    before = [read(client, path) for path in outlets]
    record = PlacementFactory(key="test-hidden", title_nl=WORD, internal=True, milestones=[("started", "2020-01-01")])
    soon = timezone.localdate() + timedelta(days=30)
    values = {"kind": "planned_end", "state": "expected", "known_from": date(2020, 1, 1)}
    MilestoneFactory(instrument=record, key="soon", date=str(soon), **values)
    record.commitments.create(what_nl=WORD, made_in=SourceFactory(), due=str(soon))
    assert [read(client, path) for path in outlets] == before
    client.force_login(django_user_model.objects.create_superuser("boss"))
    assert {event["CLASS"] for event in events(client, "/placements/", f"q={WORD}")} == {"PRIVATE"}
    client.logout()
    Instrument.objects.filter(pk=record.pk).update(classification="public")
    after = [read(client, path) for path in outlets]
    assert [path for path, old, new in zip(outlets, before, after, strict=True) if old == new] == []


def test_only_lists_with_days_are_calendars(client):
    assert "format=ics" in read(client, "/timeline/")
    for path in ("/sources/", "/organisations/", "/placements/?view=map"):
        assert "format=ics" not in read(client, path)
    for path in ("/sources/?format=ics", "/api/v1/countries?format=ics", "/placements/?view=pivot&format=ics"):
        read(client, path, status=400)
