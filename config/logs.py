"""Logs: a line for every record, JSON in production, with the id of the request that it belongs to.

No line holds a query string, which may have words that are not public, nor the name of an account: only its number.
JSON is written here and not by a package (python-json-logger): those write whatever a record has beside its message,
and Django puts the request there, with its query string.
"""

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime

# Stays set when the answer is given, as the web server writes of that request afterwards; the next one sets it anew.
request_id: ContextVar[str] = ContextVar("request_id", default="")


class JsonLine(logging.Formatter):
    """A record as one line of JSON: time with offset, level, logger, message, id of the request, and its `fields`."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": request_id.get(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


class RefusalsAreWarnings(logging.Filter):
    """A request that Django refuses (wrong host, look-up that is not allowed) is a warning, without a traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith("django.security"):
            record.levelno, record.levelname = logging.WARNING, "WARNING"
            record.exc_info = record.exc_text = None
        return True
