"""What a cell of a sheet can hold. The contracts try the exports themselves."""

import pytest

from cooperation.register.exports import LONGEST_TEXT, in_a_cell


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\nb\tc", "a\nb\tc"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\x00b\x1bc", "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}c"),
        ("a\ud800b\uffff", "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}"),
        ("x" * LONGEST_TEXT, "x" * LONGEST_TEXT),
    ],
)
def test_a_text_in_a_cell(text, expected):
    assert in_a_cell(text) == expected


@pytest.mark.parametrize("letter", ["x", "é", "\N{POLICE CAR}"])  # the last one counts twice in a cell
def test_a_text_that_is_too_long_is_cut_with_a_mark(letter):
    cell = in_a_cell(letter * 40_000)
    assert cell.endswith(f"{letter} […]")
    assert LONGEST_TEXT - 1 <= len(cell.encode("utf-16-le")) // 2 <= LONGEST_TEXT
