"""Questions that people type in the one box, in both languages, and what they must find first: a table.

On the left what is typed; on the right the record that is the first row, or, with a slash, the first page suggested.
"""

import html
import re
from urllib.parse import urlencode

import pytest

from tests.contracts.outlets import read

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

DUTCH = {
    # who and what have we there
    "Albanië": "/countries/AL/",
    "albanië 2 dec 2021": "/countries/AL/?validOn=2021-12-02",
    "albanie op 2-12-2021": "/countries/AL/?validOn=2021-12-02",
    "liaisonofficier albanië": "politie-lo-albanie-2021",
    "liaisonofficieren colombia": "politie-bogota-2023",
    "marechaussee londen": "kmar-lo-londen",
    "IND liaison italië": "ind-lo-italie-2017",
    "directeur MAOC-N": "maocn-directeur-2021",
    "marechaussee frontex warschau": "kmar-frontex-warschau-2013",
    "missie irak": "politie-missie-2025-iq",
    "benelux liaison Westelijke Balkan": "benelux-lo-tirana",
    "liaisonoficier tirana": "benelux-lo-tirana",
    "gezamenlijk kantoor dinxperlo": "bureau-dinxperlo-suderwick",
    "gezamenlijk politieteam bentheim": "gpt-bad-bentheim",
    # agreements
    "MoU Dubai": "mou-dubai-2021",
    "MoU's china": "mou-china-2009",
    "ondertekende MoU's dubai": "mou-dubai-2021",
    "intentieverklaring marokko": "loi-marokko-2022",
    "reclassering suriname": "mou-suriname-reclassering-2021",
    "verdrag colombia": "verdrag-colombia-2023",
    # the EU
    "prüm ii": "/eu/prum-ii-verordening/",
    "prüm ii maart 2024": "/eu/prum-ii-verordening/?validOn=2024-03-31",
    "prum 2": "prum-ii-verordening",
    "COM(2021) 784": "/eu/prum-ii-verordening/",
    "29628 nr 1053": "/sources/brief-2021-12-02/",
    "kamerstuk 29 628, nr. 1053": "/sources/brief-2021-12-02/",
    "verordening 2022/991": "/eu/europolverordening-wijziging-2022/",
    "schengenpakket prum": "prum-ii-verordening",
    "richtlijn informatieuitwisseling": "richtlijn-informatie-uitwisseling",
    "richtlijn informatie uitwisseling": "richtlijn-informatie-uitwisseling",
    "omzettingsdatum informatie-uitwisseling": "richtlijn-informatie-uitwisseling",
    "schengengrenscode": "schengengrenscode-herziening",
    "zweeds kaderbesluit": "/eu/zweeds-kaderbesluit-2006-960/",
    "empact 2022-2025": "/eu/empact-2022-2025/",
    "mensenhandel richtlijn": "mensenhandelrichtlijn-2024",
    "europol EDPS": "europolverordening-wijziging-2022",
    # Interpol
    "algemene vergadering istanbul": "ga-89-istanbul-2021",
    "verkiezing president interpol 2021": "verkiezing-president-2021",
    "strategisch kader 2022-2025": "strategisch-kader-2022-2025",
    "micronesië": "lidmaatschap-micronesie",
    # neighbours and the Benelux
    "Trb. 2018, 160": "/benelux/benelux-2018/",
    "benelux politieverdrag": "benelux-2018",
    "anpr benelux": "b18-art-13",
    "achtervolging benelux": "b18-art-21",
    "getuige horen": "b18-cross-border-investigation",
    "speciale eenheden crisis": "b18-special-units-crisis",
    "verdrag van enschede": "/benelux/enschede-2005/",
    # the Kingdom and Suriname
    "RST": "/initiatives/rst/",
    "wie is er in londen": "kmar-lo-londen",
    "toezegging RST": "rst",
    "meldkamer KPCN": "kpcn-control-room",
    "geld ondermijning": "subversive-crime-money-2022-2025",
    "opleiding suriname": "suriname-training",
}
ENGLISH = {
    "Albania 2 December 2021": "/countries/AL/?validOn=2021-12-02",
    "who is in albania": "missie-ecpa-albanie",
    "liaison officer Albania": "politie-lo-albanie-2021",
    "Benelux liaison officer Western Balkans": "benelux-lo-tirana",
    "placements Spain": "politie-patrouilles-spanje",
    "united arab emirates": "/countries/AE/",
    "letter of intent Colombia": "loi-colombia-2021",
    "MoUs China": "mou-china-2009",
    "MoU in preparation Brazil": "mou-brazilie-voorbereiding",
    "Prum II regulation": "prum-ii-verordening",
    "Prüm II, March 2024": "/eu/prum-ii-verordening/?validOn=2024-03-31",
    "52021PC0784": "/eu/prum-ii-verordening/",
    "2021/0410(COD)": "/eu/prum-ii-verordening/",
    "Regulation (EU) 2022/991": "/eu/europolverordening-wijziging-2022/",
    "Schengen package Borders Code": "schengengrenscode-herziening",
    "information exchange directive": "/eu/richtlijn-informatie-uitwisseling/",
    "Swedish framework decision": "/eu/zweeds-kaderbesluit-2006-960/",
    "trafficking directive": "mensenhandelrichtlijn-2024",
    "e-evidence regulation": "/eu/e-evidence-verordening/",
    "general assembly 2021": "ga-89-istanbul-2021",
    "election of the president of Interpol 2021": "verkiezing-president-2021",
    "strategic framework 2022-2025": "strategisch-kader-2022-2025",
    "Micronesia": "lidmaatschap-micronesie",
    "MAOC-N": "/organisations/maoc-n/",
    "Europol": "/organisations/europol/",
    "Benelux police treaty": "/benelux/benelux-2018/",
    "hearing a witness": "b18-cross-border-investigation",
    "database access joint posts": "b18-art-15",
    "Enschede treaty": "/benelux/enschede-2005/",
    "training Suriname police": "suriname-training",
    "control room": "kpcn-control-room",
    "Micronezia": "lidmaatschap-micronesie",
}


def found_first(page: str) -> str:
    """The key of the first row."""
    rows = page.split('id="results"')[1]
    first = re.search(r'<a class="row" href="/[^"]*?/([a-z0-9-]+)/[^"]*"', rows)
    return first[1] if first else ""


def suggested_first(page: str) -> str:
    above = re.search(r'class="suggested">.*?href="([^"]*)"', page, re.DOTALL)
    return html.unescape(above[1]) if above else ""


QUESTIONS = [("nl", *row) for row in DUTCH.items()] + [("en", *row) for row in ENGLISH.items()]


@pytest.mark.parametrize(("language", "words", "answer"), QUESTIONS)
def test_the_right_answer_is_the_first(client, language, words, answer):
    page = read(client, f"/search/?{urlencode({'q': words, 'pageSize': 3})}", language=language)
    if "?" in answer:
        assert suggested_first(page).startswith(answer)
    elif "/" in answer:
        assert suggested_first(page).partition("?")[0] == answer
    else:
        assert found_first(page) == answer
