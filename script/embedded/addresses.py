"""Where the database and Redis answer: the built-in ones, or those that the environment names."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import redis

from .postgres import Postgres
from .state import ServiceError, state_directory
from .valkey import Valkey


def built_in_urls(checkout: Path) -> dict[str, str]:
    """Where the services of a checkout answer while `script/server` runs, for `manage.py` by hand."""
    run = state_directory(checkout) / "run"
    return {"DATABASE_URL": Postgres.url_in(run), "REDIS_URL": Valkey.url_in(run)}


def check_database(url: str) -> str:
    """What serves at `DATABASE_URL`; an error that names it when that will not do."""
    _check_form("DATABASE_URL", url, "postgresql", "postgres")
    try:
        connection = psycopg2.connect(url, connect_timeout=5)
    except psycopg2.ProgrammingError:  # its text would repeat the URL
        raise ServiceError(f"DATABASE_URL is {masked(url)}, which is not a valid address of a database.") from None
    except psycopg2.OperationalError as error:
        raise _unanswered("DATABASE_URL", url, error) from None
    version = connection.server_version // 10000
    connection.close()
    if version < 15:
        raise ServiceError(f"DATABASE_URL is {masked(url)}: PostgreSQL {version}, and 15 or newer is needed.")
    return f"PostgreSQL {version} at {masked(url)}"


def check_redis(url: str) -> str:
    """What serves at `REDIS_URL`; an error that names it when that will not do."""
    _check_form("REDIS_URL", url, "redis", "rediss", "unix")
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=5, socket_timeout=5) as client:
            client.ping()
    except ValueError:
        raise ServiceError(f"REDIS_URL is {masked(url)}, which is not a valid address of a Redis server.") from None
    except redis.RedisError as error:
        raise _unanswered("REDIS_URL", url, error) from None
    return f"Redis at {masked(url)}"


def masked(url: str) -> str:
    """The URL without its password, wherever that stands, and whatever signs are in it."""
    url = re.sub(r"(?<=[?&]password=)[^&]*", "***", url)
    return re.sub(r"(://[^:/?#]*):.*@", r"\1:***@", url)


def _check_form(variable: str, url: str, *schemes: str) -> None:
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in schemes:
        raise ServiceError(f"{variable} is {masked(url)}, which does not start with {schemes[0]}://")
    if rest.count("@") > 1 or "@" in rest.partition("/")[2]:  # drivers would take a part of the password for a host
        raise ServiceError(f"{variable} is {masked(url)}: in a password, write @ as %40 and / as %2F.")


def _unanswered(variable: str, url: str, error: Exception) -> ServiceError:
    reason = " ".join(str(error).split())
    if password := urlsplit(url).password:
        reason = reason.replace(password, "***")
    return ServiceError(
        f"{variable} is {masked(url)}, and nothing usable answers there: {reason}\n"
        f"  Start that server or correct {variable}; without it the built-in one is used."
    )
