"""What a backup says of itself: of which versions it is, and what must be in it."""

import json
import tomllib
from dataclasses import asdict, dataclass, field

from django.conf import settings
from django.db.migrations.loader import MigrationLoader

from crm.backups.refusals import Refused

#: Of the file's own form; a higher one is a newer version's.
FORMAT = 1
#: Names of unknown migrations that a refusal names.
NAMED = 3


@dataclass
class Manifest:
    """What stands in `manifest.json`.

    Attributes:
        made_at: ISO, UTC.
        version: of the program.
        server: major version of PostgreSQL.
        tools: major version of pg_dump.
        migrations: ["app.name"] that were applied.
        tables: {table: [rows, sum]} of the dump.
        dump: {size, sha256}.
        contents: {SHA-256: size} of the contents of attachments.
        missing: contents that rows speak of and that were lost before.
    """

    made_at: str
    version: str
    server: int
    tools: int
    migrations: list
    tables: dict
    dump: dict = field(default_factory=dict)
    contents: dict = field(default_factory=dict)
    missing: list = field(default_factory=list)
    format: int = FORMAT

    def written(self):
        """Return it as bytes."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1).encode()

    def refuse_if_newer(self):
        """Refuse a backup that this version does not understand.

        Raises:
            Refused: it knows migrations that we do not.
        """
        known = {f"{app}.{name}" for app, name in known_migrations()}
        unknown = [name for name in self.migrations if name not in known]
        if unknown:
            names = ", ".join(unknown[:NAMED])
            raise Refused("newer", version=self.version, unknown=names)


def read(content):
    """Return the manifest that some bytes are.

    Raises:
        Refused: they are none, or one of a newer form.
    """
    try:
        given = json.loads(content)
        form, version = int(given["format"]), str(given["version"])
        if form > FORMAT:
            raise Refused("newer", version=version, unknown=f"format {form}")
        return Manifest(**given)
    except (ValueError, KeyError, TypeError) as error:
        raise Refused("damaged") from error


def known_migrations():
    """Return {(app, name)} of this version, and of those that one replaces."""
    known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    replaced = (old for migration in known.values() for old in migration.replaces)
    return {*known, *replaced}


def own_version():
    """Return the version of this program."""
    project = tomllib.loads((settings.ROOT / "pyproject.toml").read_text())
    return project["project"]["version"]
