"""What the tables stand on: PostgreSQL's own extensions, and the days that a written date can mean."""

from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension
from django.db import migrations

# The twin of `dates.EDTF`: a test holds them together. In the database as well, so that a range of days is generated
# from the text by whatever path the text came. IMMUTABLE is true: integers and make_date, no settings of a session.
EDTF_DAYS = r"""
CREATE FUNCTION edtf_days(written text) RETURNS daterange
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    point CONSTANT text := '(?!9999)[1-9]\d{3}(-\d{2}(-\d{2})?)?~?';
    first_side text := split_part(written, '/', 1);
    last_side text := CASE WHEN written LIKE '%/%' THEN split_part(written, '/', 2) ELSE written END;
    first_day date;
    day_after date;
BEGIN
    IF written !~ ('^(' || point || '|' || point || '/(' || point || '|\.\.)|\.\./' || point || ')$') THEN
        RAISE EXCEPTION 'not a date of the register: %', written USING ERRCODE = 'invalid_datetime_format';
    END IF;
    IF first_side <> '..' THEN
        first_side := rtrim(first_side, '~');
        first_day := make_date(
            split_part(first_side, '-', 1)::int,
            coalesce(nullif(split_part(first_side, '-', 2), '')::int, 1),
            coalesce(nullif(split_part(first_side, '-', 3), '')::int, 1)
        );
    END IF;
    IF last_side <> '..' THEN
        last_side := rtrim(last_side, '~');
        day_after := make_date(
            split_part(last_side, '-', 1)::int,
            coalesce(nullif(split_part(last_side, '-', 2), '')::int, 1),
            coalesce(nullif(split_part(last_side, '-', 3), '')::int, 1)
        ) + CASE length(last_side)
            WHEN 10 THEN interval '1 day' WHEN 7 THEN interval '1 month' ELSE interval '1 year' END;
    END IF;
    IF first_day >= day_after THEN
        RAISE EXCEPTION 'a date that ends before it starts: %', written USING ERRCODE = 'invalid_datetime_format';
    END IF;
    RETURN daterange(first_day, day_after, '[)');
END
$$;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        BtreeGistExtension(),
        TrigramExtension(),
        migrations.RunSQL(EDTF_DAYS, "DROP FUNCTION edtf_days(text)"),
    ]
