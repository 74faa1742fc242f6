"""The database that a restore replaces, and the one that takes its place."""

import logging
import time
from contextlib import closing, contextmanager

import psycopg2
from django.core.management import call_command
from django.db import connections
from django.utils import timezone
from psycopg2 import sql

from crm.backups import tools
from crm.backups.refusals import Refused
from crm.models import HistoryEntry
from crm.running.localpg.configuration import EXTENSIONS

log = logging.getLogger(__name__)

#: The database that is on every server.
MAINTENANCE = "postgres"
TABLES = """
SELECT count(*) FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""
#: The server's own work has a kind that is told to everybody but of clients: what those
#: of other roles are is hidden.
OTHERS = """
SELECT DISTINCT coalesce(nullif(application_name, ''), usename::text)
FROM pg_stat_activity
WHERE datname = %s AND pid <> pg_backend_pid()
    AND coalesce(backend_type, 'client backend') = 'client backend'
    AND usename IS NOT NULL
"""
#: Seconds after which a connection that was closed is no longer listed.
ENDING = 5
MAY_CREATE = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
#: A new database sorts and folds as the one whose place it takes.
LIKE = """
SELECT format(
    'CREATE DATABASE %%I OWNER %%I TEMPLATE template0 ENCODING ''UTF8'''
    ' LC_COLLATE %%L LC_CTYPE %%L', %s::text, %s::text, datcollate, datctype
) || CASE to_jsonb(d) ->> 'datlocprovider'
    WHEN 'b' THEN format(
        ' LOCALE_PROVIDER builtin BUILTIN_LOCALE %%L', to_jsonb(d) ->> 'datlocale')
    WHEN 'i' THEN format(
        ' LOCALE_PROVIDER icu ICU_LOCALE %%L',
        coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale'))
    ELSE ''
END
FROM pg_database AS d WHERE datname = %s
"""
RENAME = "ALTER DATABASE {} RENAME TO {}"
#: Whatever a killed restore has left at work in it ends.
DROP = "DROP DATABASE IF EXISTS {} WITH (FORCE)"
#: Of a database that was empty before.
EMPTIED = "DROP SCHEMA public CASCADE; CREATE SCHEMA public"


class Place:
    """The database that is to be replaced, and the server it is on.

    `is_straight` where it is empty and none may be made beside it: it is filled itself.
    """

    def __init__(self):
        connection = connections["default"]
        self.connection, self.database = connection, connection.settings_dict
        self.name, self.is_local = self.database["NAME"], "LOCAL" in self.database
        with connection.cursor() as cursor:
            cursor.execute(TABLES)
            self.is_empty = not cursor.fetchone()[0]
            cursor.execute(MAY_CREATE)
            self.may_create = self.is_local or cursor.fetchone()[0]
        self.server = connection.pg_version // 10_000
        connection.close()
        self.is_straight = self.is_empty and not self.may_create
        self.new = self.name if self.is_straight else f"{self.name}_restoring"
        self.password = self.database["PASSWORD"]

    def name_aside(self):
        """Return the name for the old database, of this moment."""
        return f"{self.name}_before_{timezone.localtime():%Y%m%d_%H%M%S}"

    def refuse_unless_free(self):
        """Refuse while anybody is connected to the database, or none may be made.

        Raises:
            Refused: so it is.
        """
        with self._connected(MAINTENANCE) as cursor:
            # A connection that was closed is listed until the server has noticed: our
            # own of a moment ago too.
            until = time.monotonic() + ENDING
            while who := self._others(cursor):
                if time.monotonic() > until:
                    raise Refused("in_use", who=", ".join(who))
                time.sleep(0.1)
        if not self.may_create and not self.is_empty:
            raise Refused("no_createdb", role=self.database["USER"])

    def _others(self, cursor):
        cursor.execute(OTHERS, [self.name])
        return [name for (name,) in cursor.fetchall()]

    @contextmanager
    def new_database(self):
        """Give the address of an empty database; it is gone if the block fails."""
        if not self.is_straight:
            self._create()
        try:
            with self._connected(self.new) as cursor:
                for name in EXTENSIONS:
                    cursor.execute(f"CREATE EXTENSION IF NOT EXISTS {name}")
            yield tools.dsn_of(self.database, dbname=self.new)
        except BaseException:
            self.connection.close()
            self.connection.settings_dict["NAME"] = self.name
            self._give_up_if_possible()
            raise

    def migrate(self, file, then):
        """Bring the new database up to this version, with the rights of our roles.

        Args:
            file: the name of the backup.
            then: called while that database is the one that is asked.
        """
        self.connection.settings_dict["NAME"] = self.new
        call_command("migrate", interactive=False, verbosity=0)
        HistoryEntry.record(None, "brought_back", title=file)
        then()
        self.connection.close()
        self.connection.settings_dict["NAME"] = self.name

    def change_over(self, aside):
        """Let the new database take the place of the old one, in one transaction.

        Args:
            aside: what the old one is called from now on; None if it is to go.

        Raises:
            Refused: somebody has connected to it meanwhile.
        """
        if not self.is_straight:
            with self._connected(MAINTENANCE) as cursor:
                left = aside or f"{self.name}_empty"
                if not aside:
                    self._drop(cursor, left)  # of a restore that was killed
                self._rename(cursor, left)
                if not aside:
                    self._drop(cursor, left)
        if self.is_local:  # no new one any more, that demo data would be loaded into
            self.connection.cluster.unused.unlink(missing_ok=True)

    @contextmanager
    def _connected(self, database):
        """Give a cursor in a database, as whoever may make databases here."""
        maker = {"user": "postgres"} if self.is_local else {}
        dsn = tools.dsn_of(self.database, dbname=database, **maker)
        given = {"password": self.password} if self.password else {}
        with closing(psycopg2.connect(dsn, **given)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                yield cursor

    def _create(self):
        with self._connected(MAINTENANCE) as cursor:
            self._drop(cursor, self.new)
            cursor.execute(LIKE, [self.new, self.database["USER"], self.name])
            cursor.execute(cursor.fetchone()[0])

    def _give_up_if_possible(self):
        """Remove what was begun; a server that has no room even for that does it later.

        The next restore begins with that.
        """
        try:
            self._give_up()
        except psycopg2.Error as error:
            log.warning("What was begun is left: %s", error)

    def _give_up(self):
        database = self.new if self.is_straight else MAINTENANCE
        with self._connected(database) as cursor:
            if self.is_straight:
                cursor.execute(EMPTIED)
            else:
                self._drop(cursor, self.new)

    def _rename(self, cursor, aside):
        names = (self.name, aside, self.new)
        old, left, new = (sql.Identifier(name) for name in names)
        cursor.connection.autocommit = False
        try:
            cursor.execute(sql.SQL(RENAME).format(old, left))
            cursor.execute(sql.SQL(RENAME).format(new, old))
        except psycopg2.errors.ObjectInUse as error:
            raise Refused("in_use", who=self.name) from error
        cursor.connection.commit()
        cursor.connection.autocommit = True

    def _drop(self, cursor, name):
        cursor.execute(sql.SQL(DROP).format(sql.Identifier(name)))
