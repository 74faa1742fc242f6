"""Why a source cannot be read: told by a code, read in words by its reader."""

from competitors.models import NewsSource

Trouble = NewsSource.Trouble


class Unread(Exception):
    """A source could not be read: (reason, the status that its site answered)."""

    def __init__(self, reason, status=None):
        super().__init__(reason, status)
        self.reason, self.status = reason, status
