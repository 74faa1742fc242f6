"""One JSON line per event, with the request it belongs to."""

import json
import logging
import uuid
from contextvars import ContextVar
from datetime import UTC, datetime

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
LONGEST = 2048  # a hostile path or name must not fill the disk


class RequestIdMiddleware:
    """Give each request a number that its log lines and its answer carry."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Answer with X-Request-ID; one sent by the client is not believed."""
        request.id = uuid.uuid4().hex
        token = REQUEST_ID.set(request.id)
        try:
            response = self.get_response(request)
        finally:
            REQUEST_ID.reset(token)
        response["X-Request-ID"] = request.id
        return response


class JsonFormatter(logging.Formatter):
    """Chinese stays readable; line breaks and control signs are escaped."""

    def format(self, record: logging.LogRecord) -> str:
        """Return `record` as one line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "request": REQUEST_ID.get(),
            "message": record.getMessage()[:LONGEST],
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)[-4 * LONGEST :]
        text = json.dumps(line, ensure_ascii=False)
        return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
