"""The raw limit: the best SQL we can write by hand, which PostgreSQL turns into the JSON of the register by itself.

One statement for each answer, over psycopg2 and a connection that is kept, in a bare WSGI application. It answers only
what the benchmark asks, trusts every value, and knows nothing of faults, languages or readers.
"""

import os
import threading
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import parse_qsl, urlencode

import psycopg2

COUNT_LIMIT = 10_000

# --- parts of SQL --------------------------------------------------------------------------------------------------

IN_FORCE = """(r.since_days IS NULL OR lower_inf(r.since_days) OR lower(r.since_days) <= %(valid)s::date)
 AND (r.until_days IS NULL OR upper_inf(r.until_days) OR upper(r.until_days) > %(valid)s::date)"""
KNOWN = """m.known_from <= %(known)s::date AND NOT EXISTS (
 SELECT FROM register_milestone c WHERE c.replaces_id = m.id AND c.known_from <= %(known)s::date)"""
SAID = "CASE WHEN m.state = 'occurred' AND lower(m.date_days) > %(known)s::date THEN 'expected' ELSE m.state END"
THERE = """register_instrument i JOIN placements_placement p ON p.instrument_ptr_id = i.id
 JOIN register_stagespan s ON s.instrument_id = i.id AND s.valid @> %(valid)s::date AND s.known @> %(known)s::date"""
IN_COUNTRY = f"""EXISTS (SELECT FROM register_countryrole r WHERE r.instrument_id = i.id AND r.country_id = %(country)s
 AND r.role IN ('host', 'covered') AND {IN_FORCE})"""
# A word stands in a record now, or stood there on the day that is asked.
WITH_WORDS = """i.id IN (
 SELECT w.instrument_id FROM register_recordwords w WHERE w.known_from <= %(known)s::date AND w.vector @@ %(q)s::tsquery
 UNION ALL SELECT e.instrument_id FROM register_earlierwords e
 WHERE e.known_from <= %(known)s::date AND e.known_until > %(known)s::date AND e.vector @@ %(q)s::tsquery)"""
CLOSENESS = """(SELECT CASE WHEN w.vector @@ (%(q)s || ':A')::tsquery
 THEN 3999 - least(length(i.sort_nl), length(i.sort_en), 999) ELSE 1000 END
 FROM register_recordwords w WHERE w.instrument_id = i.id)"""


def _days(text: str, days: str) -> str:
    return (
        f"CASE WHEN {text} IS NOT NULL THEN json_build_object("
        f"'edtf', {text}, 'earliest', lower({days}), 'latest', upper({days}) - 1) END"
    )


def _moment(name: str) -> str:
    return f"""replace(to_char({name} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000', '')"""


_IN_ORDER = "ORDER BY place, known_from, key"
# The milestones that are known are read once: as they are told, and for the dates that are read off them.
MILESTONES = f"""LATERAL (SELECT coalesce(json_agg(told {_IN_ORDER}), '[]') AS told,
 (array_agg(days {_IN_ORDER}) FILTER (WHERE kind = 'started' AND said = 'occurred'))[1] AS start,
 (array_agg(days {_IN_ORDER}) FILTER (WHERE kind = 'ended' AND said = 'occurred'))[1] AS "end",
 (array_agg(days ORDER BY known_from DESC, upper(date_days) DESC NULLS FIRST, date_days, key)
  FILTER (WHERE kind = 'planned_end' AND said <> 'cancelled'))[1] AS planned_end
 FROM (SELECT m.kind, m.date_days, m.place, m.known_from, m.key, said, days, json_build_object(
  'key', m.key, 'kind', m.kind, 'date', days, 'state', said, 'source', source.key,
  'alsoSources', (SELECT coalesce(json_agg(also.key ORDER BY also.sort), '[]') FROM register_milestone_also_sources a
   JOIN register_source also ON also.id = a.source_id WHERE a.milestone_id = m.id),
  'knownFrom', m.known_from, 'fulfils', fulfilled.key, 'reference', nullif(m.reference, ''),
  'noteNl', nullif(m.note_nl, ''), 'noteEn', nullif(m.note_en, '')) AS told
  FROM register_milestone m JOIN register_source source ON source.id = m.source_id
  LEFT JOIN register_milestone fulfilled ON fulfilled.id = m.fulfils_id
  CROSS JOIN LATERAL (SELECT {SAID} AS said, {_days("m.date", "m.date_days")} AS days) AS shown
  WHERE m.instrument_id = i.id AND {KNOWN}) AS known) AS milestones"""  # noqa: S608
DISPUTES = f"""LATERAL (SELECT coalesce(json_agg(json_build_object('field', d.field,
  'claims', (SELECT json_agg(json_build_object('value', claim.value, 'source', source.key) ORDER BY claim.id)
   FROM register_claim claim JOIN register_source source ON source.id = claim.source_id WHERE claim.dispute_id = d.id),
  'follows', (SELECT key FROM register_source WHERE id = d.follows_id),
  'note', coalesce(nullif(d.note_nl, ''), nullif(d.note_en, '')),
  'noteNl', nullif(d.note_nl, ''), 'noteEn', nullif(d.note_en, '')) ORDER BY d.id), '[]') AS told,
  count(*) > 0 AS any
 FROM register_dispute d WHERE d.instrument_id = i.id AND (d.field NOT LIKE 'milestones.%%' OR EXISTS (
 SELECT FROM register_milestone m WHERE m.instrument_id = d.instrument_id AND m.key = substr(d.field, 12) AND {KNOWN}))
) AS disputes"""  # noqa: S608
MOVED = f"""EXISTS (SELECT FROM register_milestone m WHERE m.instrument_id = i.id AND m.state = 'occurred'
 AND (lower_inf(m.date_days) OR lower(m.date_days) <= least(%(valid)s::date, %(known)s::date))
 AND (upper_inf(m.date_days) OR upper(m.date_days) > %(valid)s::date - interval '9 months' + interval '1 day')
 AND {KNOWN})"""

# Nothing is expected on a day to come.
EXPECTED = f"""EXISTS (SELECT FROM register_milestone m WHERE m.instrument_id = i.id
 AND (m.state = 'expected' OR m.state = 'occurred' AND lower(m.date_days) > %(known)s::date)
 AND (upper_inf(m.date_days) OR upper(m.date_days) > least(%(valid)s::date, %(known)s::date))
 AND {KNOWN} AND NOT EXISTS (SELECT FROM register_milestone c WHERE c.fulfils_id = m.id
  AND c.known_from <= %(known)s::date
  AND (c.state = 'cancelled' OR lower_inf(c.date_days) OR lower(c.date_days) <= %(known)s::date)))"""  # noqa: S608

# What stands first, where words fit equally well.
RANK = """CASE s.stage
 WHEN 'active' THEN 0 WHEN 'unconfirmed' THEN 1 WHEN 'planned' THEN 2 WHEN 'not_known' THEN 3 ELSE 4 END"""

RECORD = f"""json_build_object(
 'url', %(base)s || '/api/v1/placements/' || i.key, 'key', i.key, 'resource', i.resource, 'kind', i.kind,
 'shortNameNl', nullif(i.short_name_nl, ''), 'shortNameEn', nullif(i.short_name_en, ''),
 'titleNl', nullif(i.title_nl, ''), 'titleEn', nullif(i.title_en, ''), 'titleIsOfficial', i.title_is_official,
 'summaryNl', nullif(i.summary_nl, ''), 'summaryEn', nullif(i.summary_en, ''),
 'validOn', %(valid)s, 'knownOn', %(known)s, 'stage', s.stage, 'stageCertain', s.certain,
 'stalled', s.stage = 'planned' AND NOT {MOVED} AND NOT {EXPECTED}, 'disputed', disputes.any, 'matchCertain', null,
 'classification', i.classification,
 'themes', (SELECT coalesce(json_agg(t.key ORDER BY t.sort_nl), '[]') FROM register_instrument_themes it
  JOIN register_theme t ON t.id = it.theme_id WHERE it.instrument_id = i.id),
 'countries', (SELECT coalesce(json_agg(json_build_object(
  'country', r.country_id, 'role', r.role, 'reason', coalesce(nullif(r.reason_nl, ''), nullif(r.reason_en, '')),
  'reasonNl', nullif(r.reason_nl, ''), 'reasonEn', nullif(r.reason_en, ''),
  'from', {_days("r.since", "r.since_days")}, 'until', {_days("r.until", "r.until_days")}) ORDER BY r.id), '[]')
  FROM register_countryrole r WHERE r.instrument_id = i.id AND {IN_FORCE}),
 'organisations', (SELECT coalesce(json_agg(json_build_object(
  'organisation', o.key, 'role', r.role,
  'from', {_days("r.since", "r.since_days")}, 'until', {_days("r.until", "r.until_days")}) ORDER BY r.id), '[]')
  FROM register_organisationrole r JOIN register_organisation o ON o.id = r.organisation_id
  WHERE r.instrument_id = i.id AND {IN_FORCE}),
 'city', nullif(p.city, ''), 'posts', p.posts, 'termYears', p.term_years, 'durationWeeks', p.duration_weeks,
 'coverageRegion', nullif(p.coverage_region, ''), 'sendingUnit', nullif(p.sending_unit, ''),
 'start', milestones.start, 'end', milestones."end", 'plannedEnd', milestones.planned_end,
 'milestones', milestones.told,
 'citations', (SELECT coalesce(json_agg(json_build_object(
  'field', c.field, 'source', source.key, 'locator', nullif(c.locator, '')) ORDER BY c.id), '[]')
  FROM register_citation c JOIN register_source source ON source.id = c.source_id WHERE c.instrument_id = i.id),
 'disputes', disputes.told,
 'relations', (SELECT coalesce(json_agg(json_build_object(
  'type', r.type, 'to', target.key, 'toText', r.to_text) ORDER BY r.id), '[]')
  FROM register_relation r LEFT JOIN register_instrument target ON target.id = r.to_id WHERE r.instrument_id = i.id),
 'commitments', (SELECT coalesce(json_agg(row_to_json(c)), '[]') FROM register_commitment c
  WHERE c.instrument_id = i.id),
 'figures', (SELECT coalesce(json_agg(row_to_json(f)), '[]') FROM register_figure f WHERE f.instrument_id = i.id),
 'notes', i.notes, 'createdAt', {_moment("i.created_at")}, 'updatedAt', {_moment("i.updated_at")})"""  # noqa: S608

# --- one statement for each question -------------------------------------------------------------------------------


def list_sql(asked: dict) -> str:
    """A page. What is found is gathered once, for the count and the page; of very much only the first rows in order."""
    conditions = [
        "i.resource = 'placements' AND i.classification = 'public'",
        *([IN_COUNTRY] if "country" in asked else []),
        *([WITH_WORDS] if "q" in asked else []),
    ]
    row = f"i.id, s.id AS span, {CLOSENESS if 'q' in asked else '0'} AS closeness, {RANK} AS rank, i.sort_nl, i.key"
    rows = f"SELECT {row} FROM {THERE} WHERE {' AND '.join(conditions)}"  # noqa: S608
    order = "ORDER BY closeness DESC, rank, sort_nl, key" if "q" in asked else "ORDER BY sort_nl, key"
    page = f"{order} LIMIT %(size)s + 1"
    after = "(sort_nl, key) > (%(after_sort)s, %(after_key)s)" if "after_key" in asked else "true"
    if "q" in asked:  # the best of all are only known when all are
        limit, found = "", f"SELECT * FROM gathered {page}"  # noqa: S608
    else:
        limit = f"LIMIT {COUNT_LIMIT + 1}"
        found = f"""(SELECT * FROM gathered WHERE (SELECT total <= {COUNT_LIMIT} FROM counted) AND {after} {page})
 UNION ALL ({rows} AND (SELECT total > {COUNT_LIMIT} FROM counted) AND {after} {page})"""  # noqa: S608
    return f"""
WITH gathered AS MATERIALIZED ({rows} {limit}), counted AS (SELECT count(*) AS total FROM gathered),
found AS MATERIALIZED (SELECT *, row_number() OVER ({order}) AS place FROM ({found}) AS page)
SELECT json_build_object(
 'count', least(total, {COUNT_LIMIT}), 'countExact', total <= {COUNT_LIMIT},
 'next', CASE WHEN (SELECT count(*) FROM found) > %(size)s THEN %(next)s END, 'previous', null,
 'validOn', %(valid)s, 'knownOn', %(known)s,
 'results', (SELECT coalesce(json_agg({RECORD} ORDER BY found.place), '[]')
  FROM found JOIN register_instrument i ON i.id = found.id JOIN placements_placement p ON p.instrument_ptr_id = i.id
  JOIN register_stagespan s ON s.id = found.span CROSS JOIN {MILESTONES} CROSS JOIN {DISPUTES}
  WHERE found.place <= %(size)s)
)::text FROM counted"""  # noqa: S608


def detail_sql(asked: dict) -> str:
    where = "i.key = %(key)s AND i.classification = 'public'"
    return f"SELECT {RECORD}::text FROM {THERE} CROSS JOIN {MILESTONES} CROSS JOIN {DISPUTES} WHERE {where}"  # noqa: S608


STAGES = ("planned", "active", "unconfirmed", "not_known", "ended")


def statistics_sql(asked: dict) -> str:
    more = " AND i.kind = %(kind)s" if "kind" in asked else ""
    by_stage = ", ".join(f"'{stage}', nullif(sum(number) FILTER (WHERE stage = '{stage}'), 0)" for stage in STAGES)
    return f"""
WITH there AS MATERIALIZED (
 SELECT i.id, s.stage, p.posts FROM {THERE}
 WHERE i.resource = 'placements' AND i.classification = 'public'{more}
), pairs AS (
 SELECT DISTINCT there.id, r.country_id, there.stage, there.posts FROM there LEFT JOIN register_countryrole r
 ON r.instrument_id = there.id AND r.role IN ('host', 'covered') AND {IN_FORCE}
), counted AS (
 SELECT country_id, stage, count(*) AS number, coalesce(sum(posts), 0) AS posts, count(*) - count(posts) AS unknown
 FROM pairs GROUP BY country_id, stage
), groups AS (
 SELECT country_id, json_build_object('value', country_id, 'labelNl', min(name_nl), 'labelEn', min(name_en),
  'count', sum(number), 'byStage', json_strip_nulls(json_build_object({by_stage})),
  'posts', sum(posts), 'postsUnknown', sum(unknown)) AS said
 FROM counted LEFT JOIN register_country ON code = country_id GROUP BY country_id
)
SELECT json_build_object('groupBy', 'country', 'validOn', %(valid)s, 'knownOn', %(known)s,
 'total', (SELECT count(*) FROM there),
 'groups', coalesce((SELECT json_agg(said ORDER BY country_id NULLS LAST) FROM groups), '[]'))::text"""  # noqa: S608


CSV_COLUMNS = ("key", "title", "country", "start", "end", "city", "posts")


def csv_sql(asked: dict) -> str:
    date = f"(array_agg(m.date {_IN_ORDER}) FILTER (WHERE m.kind = '%s'))[1]"
    return f"""COPY (SELECT i.key, i.title_nl AS title, coalesce(hosts.names, '') AS country,
 coalesce(dates.start, '') AS start, coalesce(dates."end", '') AS "end", p.city, coalesce(p.posts::text, '') AS posts
 FROM {THERE}
 LEFT JOIN (SELECT r.instrument_id, string_agg(c.name_nl, '; ' ORDER BY r.id) AS names
  FROM register_countryrole r JOIN register_country c ON c.code = r.country_id
  WHERE r.role = 'host' AND {IN_FORCE} GROUP BY r.instrument_id) AS hosts ON hosts.instrument_id = i.id
 LEFT JOIN (SELECT m.instrument_id, {date % "started"} AS start, {date % "ended"} AS "end" FROM register_milestone m
  WHERE m.kind IN ('started', 'ended') AND ({SAID}) = 'occurred' AND {KNOWN}
  GROUP BY m.instrument_id) AS dates ON dates.instrument_id = i.id
 WHERE i.resource = 'placements' AND i.classification = 'public' ORDER BY i.sort_nl, i.key)
TO STDOUT (FORMAT csv, HEADER, DELIMITER ';', FORCE_QUOTE *)"""  # noqa: S608


# --- the application -----------------------------------------------------------------------------------------------

_kept = threading.local()


def connection():
    """The connection of this thread, with the options of the register's."""
    if not hasattr(_kept, "connection"):
        _kept.connection = psycopg2.connect(os.environ["DATABASE_URL"], options="-c jit=off -c work_mem=16MB")
        _kept.connection.autocommit = True
    return _kept.connection


def application(environ: dict, start_response: Callable) -> Iterable[bytes]:
    asked = dict(parse_qsl(environ["QUERY_STRING"]))
    base = f"http://{environ['HTTP_HOST']}"
    with connection().cursor() as cursor:
        if asked.get("format") == "csv":
            start_response("200 OK", [("Content-Type", "text/csv; charset=utf-8")])
            return _copied(cursor.mogrify(csv_sql(asked), values_of(asked, base)))
        body = answer(cursor, environ["PATH_INFO"], asked, base).encode()
    status = "200 OK" if body else "404 Not Found"
    start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


def answer(cursor, path: str, asked: dict, base: str) -> str:
    """The JSON at an address, empty where nothing is there."""
    cursor.execute(statement(path, asked), {**values_of(asked, base), "key": path.rpartition("/")[2]})
    found = cursor.fetchone()
    return found[0] if found else ""


def statement(path: str, asked: dict) -> str:
    if path == "/api/v1/placements":
        return list_sql(asked)
    return statistics_sql(asked) if path.startswith("/api/v1/statistics/") else detail_sql(asked)


def values_of(asked: dict, base: str) -> dict:
    following = urlencode({**asked, "page": "2"})
    return {
        **asked,
        "valid": asked["validOn"],
        "known": asked["knownOn"],
        "size": int(asked.get("pageSize", 25)),
        "base": base,
        "next": f"{base}/api/v1/placements?{following}",
    }


def _copied(statement: bytes) -> Iterator[bytes]:
    """What COPY gives, as it comes: psycopg2 hands it to a file, which here is the end of a pipe."""
    end, beginning = os.pipe()

    def copy() -> None:
        with os.fdopen(beginning, "wb") as file, psycopg2.connect(os.environ["DATABASE_URL"]) as own:
            own.cursor().copy_expert(statement, file)
        own.close()

    writer = threading.Thread(target=copy)
    writer.start()
    with os.fdopen(end, "rb") as file:
        yield from iter(lambda: file.read(65_536), b"")
    writer.join()
