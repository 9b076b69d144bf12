"""Logs: a line for every record, JSON in production, with the id of the request that it belongs to.

No line holds a query string, which may have words that are not public, nor the name of an account: only its number.
JSON is written here and not by a package (python-json-logger): those write whatever a record has beside its message,
and Django puts the request there, with its query string.
"""

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime

from .patience import ReaderHasGone

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


class NoFaultOfTheProgram(logging.Filter):
    """A warning without a traceback for what is no error of the program.

    That is what Django refuses (wrong host, look-up that is not allowed), and a reader who hung up. The reason of a 503
    is a line of `config.operations.limits`, so Django's own is left out.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if record.name.startswith("django.security") or isinstance(getattr(error, "__cause__", None), ReaderHasGone):
            record.levelno, record.levelname = logging.WARNING, "WARNING"
            record.exc_info = record.exc_text = None
        return not (record.name == "django.request" and getattr(record, "status_code", 0) == 503)
