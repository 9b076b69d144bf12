"""What is asked, in words: chips and faults say what things are called, not their keys."""

import html
import re

import pytest

pytestmark = pytest.mark.django_db

FAULTS = "/placements/?from=2022-01-01&until=2021-01-01&sort=colour&unknown=1"


def said(client, address: str, pattern: str, language: str, status: int = 200) -> list[str]:
    answer = client.get(address, headers={"accept-language": language})
    assert answer.status_code == status
    found = re.findall(pattern, answer.content.decode(), re.DOTALL)
    return [html.unescape(" ".join(re.sub("<[^>]*>", "", text).split())) for text in found]


def chips(client, address: str, language: str) -> list[str]:
    return said(client, address, '<li class="chip"><span>(.*?)</span>', language)


@pytest.mark.parametrize(
    ("address", "dutch", "english"),
    [
        (
            "/benelux/provisions/?treaty=benelux-2018",
            "Verdrag: Benelux-politieverdrag",
            "Treaty: Benelux Police Treaty",
        ),
        ("/timeline/?open=true", "Komt nog: ja", "Still to come: yes"),
        ("/mous/?signedFrom=2021-12-02", "Ondertekend vanaf: 2 december 2021", "Signed from: 2 December 2021"),
        ("/mous/?from=2021-12-02", "Mijlpaal vanaf: 2 december 2021", "Milestone from: 2 December 2021"),
    ],
)
def test_a_chip_says_what_is_asked(client, address, dutch, english):
    assert chips(client, address, "nl") == [dutch]
    assert chips(client, address, "en") == [english]


def test_a_source_is_named_by_its_title(client):
    (chip,) = chips(client, "/placements/?source=brief-2021-12-02", "nl")
    assert chip.startswith("Bron: Internationale politiesamenwerking, bijlage 3")


def test_a_fault_names_the_field(client):
    faults = said(client, FAULTS, r'<li><a href="#id_[^"]*">(.*?)</a></li>', "nl", status=400)
    assert "Mijlpaal tot en met: Ligt vóór de dag in “Mijlpaal vanaf”: niets kan passen." in faults
    assert any(fault.startswith("Volgorde (sort): “colour” is niet een van:") for fault in faults)
    (day,) = said(client, "/?validOn=2021-02-30", r"<p>([^<]*2021-12-02[^<]*)</p>", "nl", status=400)
    assert day == "Stand op: Vul een dag in als jaar-maand-dag: 2021-12-02."
