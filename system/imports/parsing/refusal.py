"""Why a file is not read."""


class Refused(Exception):
    """This file is not read: a code for the reason, and the line if there is one."""

    def __init__(self, code, line=None):
        """Take the code, and the number of the line to look at."""
        super().__init__(code)
        self.code, self.line = code, line
