"""Point-in-time recovery, as docs/operations.md describes it: a base backup, and the WAL that was archived since."""

import pytest
from psycopg2.errors import ReadOnlySqlTransaction

from script.embedded.valkey import Valkey
from tests.attacks.test_replica import KEY, SOURCE, until, write
from tests.clusters import Restored
from tests.databases import query
from tests.web_server import ask, web_server

pytestmark = [pytest.mark.xdist_group("processes"), pytest.mark.slow]

TITLE = f"SELECT title FROM register_source WHERE key = '{KEY}'"


def test_the_register_is_as_it_was_at_a_moment(primary):
    primary.base_backup(primary.state.directory("base"))
    correct = f"UPDATE register_source SET title = '%s' WHERE key = '{KEY}'"
    query(primary.url, correct % "Right")
    [(moment,)] = query(primary.url, "SELECT clock_timestamp()")
    query(primary.url, correct % "Wrong")
    [(last,)] = query(primary.superuser_url, "SELECT pg_walfile_name(pg_switch_wal())")
    until(lambda: (primary.archive / last).exists())

    with Restored(primary, moment.isoformat()) as restored, Valkey(primary.state) as valkey:
        # It waits there, to be looked at.
        until(lambda: query(restored.url, "SELECT pg_get_wal_replay_pause_state()") == [("paused",)])
        assert query(restored.url, TITLE) == [("Right",)]
        with pytest.raises(ReadOnlySqlTransaction):
            query(restored.url, correct % "Too early")
        query(restored.superuser_url, "SELECT pg_wal_replay_resume()")
        until(lambda: query(restored.url, "SELECT pg_is_in_recovery()") == [(False,)])
        urls = {"DATABASE_URL": restored.application_url, "REDIS_URL": valkey.url}
        with web_server("tests.attacks.served", **urls) as port:
            assert "Right" in ask(port, SOURCE, patience=10).text
            write(port, "Since")
            assert "Since" in ask(port, SOURCE).text
    assert query(primary.url, TITLE) == [("Wrong",)]
