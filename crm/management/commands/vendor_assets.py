"""Copy the front-end files of other projects into static/vendor/."""

import hashlib
import json
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

# What stands in static/vendor/ ← the file of the npm package it is taken from.
FILES = {
    # Bars and lines are all we draw: its whole has maps, trees and a funnel besides.
    "echarts/echarts.common.min.js": "echarts/dist/echarts.common.min.js",
    "echarts/LICENSE": "echarts/LICENSE",
    "echarts/NOTICE": "echarts/NOTICE",
    "htmx/htmx.min.js": "htmx.org/dist/htmx.min.js",
    "htmx/LICENSE": "htmx.org/LICENSE",
    "icons/LICENSE": "@tabler/icons-sprite/LICENSE",
    "tabler/tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    # The package names its licence (MIT) but ships no text; its authors' icon
    # set ships the same one.
    "tabler/LICENSE": "@tabler/icons-sprite/LICENSE",
    "tom-select/tom-select.complete.min.js": (
        "tom-select/dist/js/tom-select.complete.min.js"
    ),
    "tom-select/tom-select.bootstrap5.min.css": (
        "tom-select/dist/css/tom-select.bootstrap5.min.css"
    ),
    "tom-select/LICENSE": "tom-select/LICENSE",
}
SPRITE = "icons/sprite.svg"
SPRITE_SOURCE = "@tabler/icons-sprite/dist/tabler-sprite-nostroke.svg"
SOURCE_MAP = re.compile(rb"\s*(/\*|//)[#@] sourceMappingURL=[^\s*]+(\s*\*/)?")


class Command(BaseCommand):
    """Fetch the exact versions of package.json with npm, keep the files we serve.

    Node is needed only here, by whoever raises a version; the files and their
    hashes are committed.
    """

    help = "Copy the vendored front-end files and write their hashes."
    requires_system_checks = ()

    def add_arguments(self, parser):
        """Offer another target, for comparing before replacing."""
        parser.add_argument(
            "--target",
            type=Path,
            default=settings.ROOT / "static" / "vendor",
            help="folder that holds package.json",
        )

    def handle(self, *args, target, **options):
        """Install into a scratch folder, copy, hash."""
        manifest = target / "package.json"
        icons = json.loads(manifest.read_text())["icons"]
        with tempfile.TemporaryDirectory() as scratch:
            packages = install(manifest, Path(scratch))
            for name, source in FILES.items():
                write(target / name, served(packages / source))
            write(target / SPRITE, cut_sprite(packages / SPRITE_SOURCE, icons))
        hashes = {name: digest(target / name) for name in sorted([*FILES, SPRITE])}
        (target / "HASHES.json").write_text(json.dumps(hashes, indent=2) + "\n")
        self.stdout.write(f"{len(hashes)} files in {target}")


def install(manifest, scratch):
    """Install the packages of `manifest` without running their scripts."""
    npm = shutil.which("npm")
    if npm is None:
        raise CommandError("npm is needed to fetch the vendored files.")
    shutil.copy(manifest, scratch)
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"]
    subprocess.run([npm, "install", *options], cwd=scratch, check=True)
    return scratch / "node_modules"


def served(source):
    """Return the file without its source map comment.

    The maps are not shipped, and hashed static storage refuses a file that
    names one that is missing.
    """
    return SOURCE_MAP.sub(b"", source.read_bytes()).rstrip() + b"\n"


def cut_sprite(source, icons):
    """Return a sprite of the icons we use (the whole one is 2 MB)."""
    text = source.read_text()
    symbols = []
    for name in icons:
        symbol = re.search(rf'<symbol id="tabler-{name}" .*?</symbol>', text, re.DOTALL)
        if symbol is None:
            raise CommandError(f"The icon set has no {name}.")
        symbols.append(symbol.group())
    root = '<svg xmlns="http://www.w3.org/2000/svg"><defs>'
    return "\n".join([root, *symbols, "</defs></svg>\n"]).encode()


def digest(path):
    """Return the SHA-256 of a file in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write(path, content):
    """Write bytes, making the folder if it is not there yet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
