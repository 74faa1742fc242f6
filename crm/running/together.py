"""Scripts and styles of every page: one by one while one works on them, else as one."""

from django.conf import settings
from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

#: In the order in which they run; what they share comes first.
SCRIPTS = (
    *("page", "requests", "popups", "choices", "dates", "lines", "forms", "drafts"),
    *("lists", "columns", "neighbours", "tabs", "notices", "follow_up", "in_place"),
    *("new_choices", "one_field", "palette", "keys"),
)
STYLES = ("base", "frame", "lists", "forms", "records", "print")
#: {the file that holds them all: files, in their order}.
TOGETHER = {
    "js/together.js": (
        "vendor/htmx/htmx.min.js",
        "vendor/tom-select/tom-select.complete.min.js",
        *(f"js/{name}.js" for name in SCRIPTS),
    ),
    "css/together.css": (
        "vendor/tom-select/tom-select.bootstrap5.min.css",
        *(f"css/{name}.css" for name in STYLES),
    ),
}


def files(together):
    """Return what a page asks for: the one file, or those that it is made of."""
    one_by_one = settings.TESTING or settings.DEBUG
    return TOGETHER[together] if one_by_one else (together,)


class TogetherStorage(CompressedManifestStaticFilesStorage):
    """Hashed and compressed files, with those that hold what every page needs.

    Two dozen small answers weigh more by their headers than by what they say, and each
    is compressed without knowing the others.
    """

    def post_process(self, paths, dry_run=False, **options):
        """Write these files, then hash and compress all."""
        if not dry_run:
            for together in TOGETHER:
                self.join(together)
            paths = paths | {name: (self, name) for name in TOGETHER}
        yield from super().post_process(paths, dry_run=dry_run, **options)

    def join(self, together):
        """Write one of the files out of those that it is made of."""
        texts = []
        for name in TOGETHER[together]:
            with self.open(name) as file:
                texts.append(file.read())
        self.delete(together)
        # A file may end without the semicolon that the next one needs.
        end = b"\n;\n" if together.endswith(".js") else b"\n"
        self._save(together, ContentFile(end.join(texts)))
