"""What `manage.py check --deploy` asks of the connections to PostgreSQL and Redis: TLS, where they leave the host."""

import os
from ipaddress import ip_address
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.core.checks import Tags, Warning, register


@register(Tags.security, deploy=True)
def databases(app_configs, **kwargs):
    return [
        Warning(
            f"The connection to the database “{alias}” leaves this machine without TLS and a verified certificate.",
            hint="Give its address sslmode=verify-full (and sslrootcert=, where the certificate is of your own).",
            id="config.W001",
        )
        for alias, database in settings.DATABASES.items()
        if not all(map(is_here, _hosts(database))) and _sslmode(database) != "verify-full"
    ]


@register(Tags.security, deploy=True)
def redis(app_configs, **kwargs):
    address = urlsplit(settings.REDIS_URL)
    unverified = parse_qs(address.query).get("ssl_cert_reqs", ["required"]) != ["required"]
    if address.scheme == "unix" or is_here(address.hostname or "") or (address.scheme == "rediss" and not unverified):
        return []
    return [
        Warning(
            "The connection to Redis leaves this machine without TLS and a verified certificate.",
            hint="Give REDIS_URL the scheme rediss://, without ssl_cert_reqs=none.",
            id="config.W002",
        )
    ]


def is_here(host: str) -> bool:
    """Whether what is sent to a host stays on this machine: a socket, or its own address."""
    if host in ("", "localhost") or host.startswith(("/", "@")):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _hosts(database: dict) -> list[str]:
    """As libpq finds them: there may be several, and the environment may say where none is given."""
    options = database.get("OPTIONS", {})
    return (database.get("HOST") or options.get("host") or os.environ.get("PGHOST", "")).split(",")


def _sslmode(database: dict) -> str:
    return database.get("OPTIONS", {}).get("sslmode") or os.environ.get("PGSSLMODE", "prefer")
