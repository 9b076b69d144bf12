"""Dates that are as exact as their source (`cooperation/register/domain/edtf.py`)."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, InternalError, connection, transaction
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from cooperation.register.domain.edtf import EDTF, day_after, to_edtf
from cooperation.register.models.fields import EDTFField

DAY = timedelta(days=1)
DAYS = st.one_of(
    st.dates(date(1000, 1, 1), date(9998, 12, 31)),
    st.dates(date(2019, 12, 1), date(2021, 3, 31)),  # so that two dates meet, and a leap day is among them
    st.sampled_from([date(1000, 1, 1), date(1900, 2, 28), date(2000, 2, 29), date(9998, 12, 31)]),
)


@st.composite
def points(draw):
    """One side of a date with the days that it can mean: (text, earliest, latest)."""
    day = draw(DAYS)
    days_around = [day + n * DAY for n in range(-30, 31)]
    whole_month = [other for other in days_around if (other.year, other.month) == (day.year, day.month)]
    text, earliest, latest = draw(
        st.sampled_from(
            [
                (day.isoformat(), day, day),
                (day.isoformat()[:7], min(whole_month), max(whole_month)),
                (day.isoformat()[:4], date(day.year, 1, 1), date(day.year, 12, 31)),
            ]
        )
    )
    return text + draw(st.sampled_from(["", "", "~"])), earliest, latest


@st.composite
def written_dates(draw):
    """A date of the register with the days that it can mean: (text, earliest, latest)."""
    text, earliest, latest = draw(points())
    shape = draw(st.sampled_from(["point", "before", "after", "between"]))
    if shape == "before":
        return f"../{text}", None, latest
    if shape == "after":
        return f"{text}/..", earliest, None
    if shape == "between":
        start, end = (text, earliest, latest), draw(points())
        if start[1] > end[2]:
            start, end = end, start
        return f"{start[0]}/{end[0]}", start[1], end[2]
    return text, earliest, latest


IMPOSSIBLE = [
    # no such day
    "2021-02-30",
    "2021-02-29",
    "1900-02-29",
    "2021-04-31",
    "2021-13",
    "2021-00",
    "2021-01-00",
    "2021-13-01",
    "2021-00-10",
    "2021-01-32",
    "0000",
    # not written as it should be
    "",
    "21-01-01",
    "2021-1-1",
    "2021-1",
    "21",
    "021",
    "20211",
    "+2021",
    "-2021",
    "20211202",
    "2021-12-02T00:00",
    "02-12-2021",
    "2021-",
    "2021-08-",
    "2021/08",
    "2 december 2021",
    " 2021",
    "2021 ",
    "2021\n",
    "2021 / 2022",
    "٢٠٢١",
    "２０２１-０８",
    # qualifiers that the register does not use
    "~",
    "~2021",
    "2021-08~~",
    "2021~-08",
    "2021-08?",
    "2021-08%",
    "202X",
    "2021-XX",
    "2021-21",
    "Y12021",
    # intervals
    "/",
    "..",
    "../",
    "/..",
    "../..",
    "../..~",
    "..~/2021",
    ".../2021",
    "2021/",
    "/2021",
    "2021..2022",
    "2021//2022",
    "2021/2022/2023",
    "../2021/..",
    "2022/2021",
    "2021-12-02/2021-12-01",
    "2021-08/2021-07",
    "2021-08/2020",
]


# --- reading and writing --------------------------------------------------------------------------------------------


@given(written_dates())
def test_a_date_means_these_days_and_is_written_as_it_was_read(written):
    text, earliest, latest = written
    when = EDTF(text)
    assert str(when) == text
    assert EDTF(str(when)) == when
    assert (when.earliest, when.latest) == (earliest, latest)
    assert when.first <= when.last
    assert when.approximate == ("~" in text)
    assert when.is_exact == (earliest == latest and "~" not in text)
    assert when.as_object() == {
        "edtf": text,
        "earliest": earliest and earliest.isoformat(),
        "latest": latest and latest.isoformat(),
    }


@pytest.mark.parametrize("text", IMPOSSIBLE)
def test_refuses_what_is_no_such_date(text):
    with pytest.raises(ValueError, match=r"\.$"):  # with a sentence for people
        EDTF(text)


@given(st.text(alphabet="0123456789-/.~ ٣", max_size=24))
def test_what_is_not_refused_reads_back(text):
    try:
        when = EDTF(text)
    except ValueError:
        return
    assert str(when) == text
    assert when.first <= when.last


def test_a_refusal_does_not_repeat_a_whole_page():
    with pytest.raises(ValueError, match=r"^.{20,200}$"):
        EDTF("2021" * 1000)


def test_dates_are_equal_when_written_alike():
    assert EDTF("2021-08") == EDTF("2021-08")
    assert len({EDTF("2021-08"), EDTF("2021-08"), EDTF("2021-08~")}) == 2
    assert EDTF("2021-08-01/2021-08-31") != EDTF("2021-08")


def test_the_day_after():
    assert day_after(date(2021, 12, 31)) == date(2022, 1, 1)
    assert day_after(date.max) is None


# --- words ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words", "short"),
    [
        ("2021-12-02", "2 December 2021", "2 Dec 2021"),
        ("2021-08", "August 2021", "Aug 2021"),
        ("2021", "2021", "2021"),
        ("2021-08~", "about August 2021", "about Aug 2021"),
        ("../2021-12-02", "on or before 2 December 2021", "on or before 2 Dec 2021"),
        ("../2021-08", "in or before August 2021", "in or before Aug 2021"),
        ("2021-12-02/..", "on or after 2 December 2021", "on or after 2 Dec 2021"),
        ("2021/..", "in or after 2021", "in or after 2021"),
        ("../2021~", "in or before about 2021", "in or before about 2021"),
        (
            "2020-12-02/2021-12-02",
            "between 2 December 2020 and 2 December 2021",
            "between 2 Dec 2020 and 2 Dec 2021",
        ),
        ("2020~/2021-08", "between about 2020 and August 2021", "between about 2020 and Aug 2021"),
    ],
)
def test_words_in_english(text, words, short):
    with override("en"):
        assert EDTF(text).words() == words
        assert EDTF(text).words(short=True).replace("\N{NO-BREAK SPACE}", " ") == short


@pytest.mark.parametrize(
    ("text", "words", "short"),
    [
        ("2021-12-02", "2 december 2021", "2 dec 2021"),
        ("2021-08-01", "1 augustus 2021", "1 aug 2021"),
        ("2021-03", "maart 2021", "mrt 2021"),
        ("2021", "2021", "2021"),
    ],
)
def test_words_in_dutch(text, words, short):
    with override("nl"):
        assert EDTF(text).words() == words
        assert EDTF(text).words(short=True).replace("\N{NO-BREAK SPACE}", " ") == short


def test_words_before_a_date_in_dutch():
    with override("nl"):
        assert EDTF("../2021-12-02").words() == "op of vóór 2 december 2021"


@given(written_dates())
def test_every_date_has_words_in_both_languages(written):
    when = EDTF(written[0])
    for language in ("nl", "en"):
        with override(language):
            assert str(when.first.year if when.earliest else when.last.year) in when.words()
            assert len(when.words(short=True)) <= len(when.words())


# --- in models and forms --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("nothing", [None, ""])
def test_nothing_is_no_date(nothing):
    assert to_edtf(nothing) is None
    field = EDTFField(null=True, blank=True)
    assert field.to_python(nothing) is None
    assert field.get_prep_value(nothing) is None
    assert field.clean(nothing, None) is None
    assert field.formfield().clean(nothing) is None


@given(written_dates())
def test_the_field_reads_and_writes_any_date(written):
    when = EDTF(written[0])
    field = EDTFField()
    assert to_edtf(when) is when
    assert field.to_python(str(when)) == when
    assert field.from_db_value(str(when), None, None) == when
    assert field.get_prep_value(when) == field.get_prep_value(str(when)) == str(when)
    assert field.clean(str(when), None) == field.clean(when, None) == when  # so the column is wide enough for any
    box = field.formfield()
    assert box.clean(str(when)) == when
    assert box.clean(f"  {when} ") == when  # a person may paste a space
    assert box.prepare_value(when) == str(when)
    assert not box.has_changed(when, str(when))


@pytest.mark.parametrize("text", ["2021-02-30", "2022/2021", "yesterday", "9" * 100])
def test_the_field_refuses_what_is_no_date(text):
    for read in (to_edtf, EDTFField().to_python, EDTFField().get_prep_value, EDTFField().formfield().clean):
        with pytest.raises(ValidationError) as refusal:
            read(text)
        assert refusal.value.code == "invalid_date"


# --- PostgreSQL means the same days ---------------------------------------------------------------------------------


def days_by_postgres(texts: list[str]) -> list[tuple[str | None, str | None]]:
    """The first and the last possible day of each, as PostgreSQL writes them; None where that side is open."""
    question = """
        SELECT nullif(lower(days), '-infinity')::text, (nullif(upper(days), 'infinity') - 1)::text
        FROM unnest(%s::text[]) WITH ORDINALITY AS given(written, place), edtf_days(written) AS days
        ORDER BY place
    """
    with connection.cursor() as cursor:
        cursor.execute(question, [texts])
        return cursor.fetchall()


@pytest.mark.django_db
@pytest.mark.sql
@settings(deadline=None)
@given(st.lists(written_dates(), min_size=1, max_size=30))
def test_postgres_means_the_same_days(written):
    expected = [(earliest and str(earliest), latest and str(latest)) for _, earliest, latest in written]
    assert days_by_postgres([text for text, _, _ in written]) == expected


@pytest.mark.django_db
@pytest.mark.sql
@pytest.mark.parametrize("text", ["1000", "1000/..", "../9998-12-31", "9998", "9999", "9999-12-31", "2021/9999-12"])
def test_every_range_of_days_that_can_be_stored_can_be_read(text):
    """Python's calendar stops at the end of 9999, and a range names the day after its last one."""
    try:
        when = EDTF(text)
    except ValueError:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT edtf_days(%s)", [str(when)])
        (days,) = cursor.fetchone()
    assert (days.lower, days.upper) == (when.earliest, when.latest and day_after(when.latest))


@pytest.mark.django_db
@pytest.mark.sql
def test_postgres_takes_nothing_for_no_days():
    with connection.cursor() as cursor:
        cursor.execute("SELECT edtf_days(NULL)")
        assert cursor.fetchone() == (None,)


@pytest.mark.django_db
@pytest.mark.sql
@pytest.mark.parametrize("text", IMPOSSIBLE)
def test_postgres_refuses_what_is_no_such_date(text):
    with pytest.raises((DataError, IntegrityError, InternalError)), transaction.atomic():
        days_by_postgres([text])


@pytest.mark.django_db
@pytest.mark.sql
@settings(deadline=None)
@given(st.text(alphabet="0123456789-/.~ ٣", max_size=24))
def test_postgres_refuses_what_python_refuses(text):
    try:
        when = EDTF(text)
    except ValueError:
        with pytest.raises((DataError, IntegrityError, InternalError)), transaction.atomic():
            days_by_postgres([text])
    else:
        expected = (when.earliest and str(when.earliest), when.latest and str(when.latest))
        assert days_by_postgres([text]) == [expected]
