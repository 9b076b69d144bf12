"""An empty list: it says what the records say instead, and which filter leaves them out."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mous.models import Memorandum
from tests.factories import MemorandumFactory

pytestmark = pytest.mark.django_db

EXCHANGE = "/mous/?exchangeBasis=true"


def empty(client, address: str, language: str = "en") -> str:
    page = client.get(address, headers={"accept-language": language}).content.decode()
    return page.split('<div class="empty">')[1].split("</div>")[0]


@pytest.mark.parametrize(("language", "no", "unknown"), [("en", "no", "not known"), ("nl", "nee", "niet bekend")])
def test_it_says_what_the_records_say_instead(client, language, no, unknown):
    memoranda = Memorandum.objects.all()
    answers = {answer: memoranda.filter(exchange_basis=answer).count() for answer in (True, False, None)}
    assert answers[True] == 0
    told = empty(client, EXCHANGE, language)
    assert f'<a href="?">{memoranda.count()} MoU' in told
    assert f'<a href="?exchangeBasis=false">{no}</a> ({answers[False]})' in told
    assert f'<a href="?exchangeBasis=unknown">{unknown}</a> ({answers[None]})' in told


def test_it_names_the_one_filter_without_which_there_are_some(client):
    told = empty(client, "/mous/?country=IS&binding=true")
    binding = Memorandum.objects.filter(binding=True).count()
    assert "Country: Iceland" in told
    assert f'<a href="?binding=true">{binding} MoUs</a>' in told
    assert "Binding: yes" not in told  # without it there is nothing either


def test_it_says_that_no_filter_alone_is_the_reason(client):
    told = empty(client, "/mous/?country=IS&theme=drugs&q=zzzz")
    assert f"Without any filter: {Memorandum.objects.count()} MoUs." in told


def test_words_lead_to_the_whole_register_and_a_past_clock_to_today(client):
    told = empty(client, "/mous/?q=zzzz&validOn=2021-12-02&knownOn=2021-12-02")
    assert 'href="/search/?q=zzzz&amp;validOn=2021-12-02' in told
    assert 'href="/mous/?q=zzzz"' in told


def test_a_hidden_record_is_in_no_number(client):
    before = empty(client, EXCHANGE)
    MemorandumFactory(key="test-hidden", classification="internal", exchange_basis=False)
    assert empty(client, EXCHANGE) == before


def test_it_asks_no_more_than_a_list_with_rows(client):
    with CaptureQueriesContext(connection) as asked:
        empty(client, "/mous/?country=IS&theme=drugs&binding=true&stage=signed&q=zzzz")
    assert len(asked) <= 12
