"""One JSON line per event, with the request it belongs to."""

import json
import logging
import re
import uuid
from contextvars import ContextVar
from datetime import UTC, datetime

REQUEST: ContextVar = ContextVar("request", default=None)
LONGEST = 2048  # a hostile path or name must not fill the disk
#: What opens an account, or a calendar, stands in its address.
SECRET = re.compile(r"(/password/reset/key/|/calendar/feed/)[^/ ?]+")


class RequestIdMiddleware:
    """Give each request a number that its log lines and its answer carry."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Answer with X-Request-ID; one sent by the client is not believed."""
        request.id = uuid.uuid4().hex
        token = REQUEST.set(request)
        try:
            response = self.get_response(request)
        finally:
            REQUEST.reset(token)
        response["X-Request-ID"] = request.id
        return response


class JsonFormatter(logging.Formatter):
    """Chinese stays readable; line breaks and control signs are escaped."""

    def format(self, record: logging.LogRecord) -> str:
        """Return `record` as one line."""
        # Django speaks of an answer when the request is no longer under way.
        request = REQUEST.get() or getattr(record, "request", None)
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            **about(request),
            "message": SECRET.sub(r"\1…", record.getMessage()[:LONGEST]),
        }
        if hasattr(record, "status_code"):
            line["status"] = record.status_code
        # Who was refused did it, not we: where the program stood says nothing.
        if record.exc_info and getattr(record, "status_code", 500) >= 500:
            line["trace"] = self.formatException(record.exc_info)[-4 * LONGEST :]
        text = json.dumps(line, ensure_ascii=False)
        return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def about(request) -> dict[str, str]:
    """Return number and line of a request, who sent it and from where.

    Asks the database for nobody: it may be what the line is about.
    """
    if not hasattr(request, "META"):
        return {"request": ""}
    person = getattr(request, "_cached_user", None)
    asked = f"{request.method} {request.get_full_path()}"
    return {
        "request": getattr(request, "id", ""),
        "line": SECRET.sub(r"\1…", asked[:LONGEST]),
        "person": getattr(person, "username", ""),
        "address": request.META.get("REMOTE_ADDR", ""),
    }
