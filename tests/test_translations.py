"""The Dutch texts are complete, and what is compiled is what is written."""

import runpy
from pathlib import Path

import pytest
from babel.messages.catalog import Message

PROGRAM = runpy.run_path(str(Path(__file__).parents[1] / "script" / "translations"))


def test_every_text_has_its_dutch():
    assert PROGRAM["check"]() == []


def test_code_and_templates_are_read(tmp_path):
    code, page = tmp_path / "code.py", tmp_path / "page.html"
    code.write_text('a = _("Stage"), pgettext("group", "Caribbean")\nngettext_lazy("%d post", "%d posts", 2)\n')
    page.write_text(
        "  {% if a %}\n{% translate 'Map' %}\n    {% endif %} it's {{ _('Source') }}"
        "{% blocktranslate count n=n %}{{ n }} row{% plural %}{{ n }} rows{% endblocktranslate %}"
    )
    marked = PROGRAM["marked"]
    assert list(marked(code)) == [("Stage", None), ("Caribbean", "group"), (("%d post", "%d posts"), None)]
    assert list(marked(page)) == [("Map", None), ("Source", None), (("%(n)s row", "%(n)s rows"), None)]


@pytest.mark.parametrize(
    ("message", "fault"),
    [
        (Message("until %s", "tot %s"), None),
        (Message("%(first)s to %(last)s", "%(last)s vanaf %(first)s"), None),
        (Message("until %s", ""), "untranslated"),
        (Message(("%d post", "%d posts"), ("%d post", "")), "untranslated"),
        (Message("until", "tot", flags=["fuzzy"]), "fuzzy"),
        (Message("until %s", "tot"), "other placeholders in “tot”"),
        (Message("{lead} on {day}", "{lead} op {dag}"), "other placeholders in “{lead} op {dag}”"),
    ],
)
def test_a_faulty_translation_is_named(message, fault):
    assert list(PROGRAM["faults"](message)) == ([fault] if fault else [])
