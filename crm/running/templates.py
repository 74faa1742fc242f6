"""Templates are written with indents for people; pages go out without them."""

import re

from django.template.loaders import filesystem

_BLANKS = re.compile(r"\s*\n\s*")


class Loader(filesystem.Loader):
    """Reads a template without indents and empty lines, once: the result is kept.

    What values hold stays as it is; of what the template itself says the ends of
    lines stay, as blanks between words.
    """

    def get_contents(self, origin):
        """Return the text of a template."""
        return _BLANKS.sub("\n", super().get_contents(origin))
