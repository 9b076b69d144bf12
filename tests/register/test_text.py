"""Words: folded to search, ordered as people expect, in two languages; and what may not be entered."""

from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from cooperation.register.domain.text import (
    fold,
    localized,
    refuse_control_characters,
    sort_key,
)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Éen", "een"),
        ("E\N{COMBINING ACUTE ACCENT}en", "een"),
        ("IJsland", "ijsland"),
        ("Ĳsland", "ijsland"),
        ("ĳs", "ijs"),
        ("Straße", "strasse"),
        ("STRASSE", "strasse"),
        ("Ørsted", "orsted"),
        ("Łódź", "lodz"),
        ("Đuro Ðæþœ", "duro daethoe"),
        ("Curaçao", "curacao"),
        ("İstanbul", "istanbul"),
        ("ISPARTA", "isparta"),
        ("ﬁnance oﬀice ﬂeet", "finance office fleet"),
        ("Dıyarbakır", "diyarbakir"),
        ("Azərbaycan", "azerbaycan"),
        ("Ħamrun, Ŋorðfjørd, Ƶürich, Ɖakar", "hamrun, nordfjord, zurich, dakar"),
        ("infor\N{SOFT HYPHEN}matie", "informatie"),
        ("Eu\N{ZERO WIDTH SPACE}ro\N{WORD JOINER}pol\N{LEFT-TO-RIGHT MARK}", "europol"),
        ("politie\N{VARIATION SELECTOR-16}\N{COMBINING GRAPHEME JOINER}", "politie"),
        ("e\N{NON-BREAKING HYPHEN}evidence e\N{HYPHEN}evidence", "e-evidence e-evidence"),
        ("Ｅｕｒｏｐｏｌ", "europol"),
        ("  two\n\twords\N{NO-BREAK SPACE}more ", "two words more"),
        ("", ""),
    ],
)
def test_fold(text, folded):
    assert fold(text) == folded


@given(st.text(max_size=40))
def test_folding_again_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet=st.characters(max_codepoint=0x17F), max_size=40))
def test_capitals_and_small_letters_are_one(text):
    assert fold(text.lower()) == fold(text.upper()) or "ŉ" in text


@pytest.mark.parametrize(
    "in_order",
    [
        ["Een", "Éen twee", "Eén zes", "Eend"],
        ["IJ", "IJsland", "ĳzer", "Ik"],
        ["Kamerstuk 29 628, nr. 9", "Kamerstuk 29 628, nr. 10", "Kamerstuk 29 628, nr. 1053"],
        ["nr. 9", "nr. 09a", "nr. 10"],
        ["Verordening (EU) 2021/9", "Verordening (EU) 2021/10", "Verordening (EU) 2022/1"],
        ["“Aan” de slag", "Bellen", "(Cel) A", "’s-Hertogenbosch"],
        ["Oslo", "Østfold", "Ostrava"],
        ["Lodewijk", "Łódź", "Lof"],
        ["Straat", "Straße", "Straten"],
        ["a b", "ab"],
    ],
)
def test_order(in_order):
    assert sorted(set(in_order), key=sort_key) == in_order


@given(st.text(max_size=600))
def test_a_sort_key_fits_its_column(text):
    assert len(sort_key(text)) <= 250


def record(nl, en):
    return type("Record", (SimpleNamespace,), {"title": localized("title")})(title_nl=nl, title_en=en)


@pytest.mark.parametrize(
    ("language", "nl", "en", "shown"),
    [
        ("nl", "Titel", "Title", "Titel"),
        ("en", "Titel", "Title", "Title"),
        ("en", "Titel", "", "Titel"),
        ("nl", "", "Title", "Title"),
        ("en", None, None, ""),
        ("fr", "Titel", "Title", "Titel"),
    ],
)
def test_the_language_of_the_reader_else_the_other(language, nl, en, shown):
    with translation.override(language):
        assert record(nl, en).title == shown


@pytest.mark.parametrize("text", ["a\x00", "\x07", "a\x1bb", "\x7f", "\x85"])
def test_control_characters_are_refused(text):
    with pytest.raises(ValidationError) as error:
        refuse_control_characters(text)
    assert error.value.code == "control_character"


@pytest.mark.parametrize("text", ["two\nlines\r\n", "a\ttab", "Éen 👮 – “ja”", ""])
def test_what_people_write_is_not(text):
    refuse_control_characters(text)
