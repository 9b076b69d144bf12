"""The picture of the tables is what the script makes of the models."""

import runpy
from pathlib import Path
from xml.etree import ElementTree

PROGRAM = runpy.run_path(str(Path(__file__).parents[1] / "script" / "data-model"))


def test_the_picture_is_that_of_the_models():
    assert PROGRAM["PICTURE"].read_text() == PROGRAM["drawing"](), "run script/data-model"


def test_every_table_is_in_the_picture_once():
    words = [text.text for text in ElementTree.fromstring(PROGRAM["drawing"]()).iter() if text.get("class") == "name"]
    assert len(words) == len(set(words))
    assert {"Instrument", "Placement", "Milestone", "StageSpan", "Source", "Country"} <= set(words)
