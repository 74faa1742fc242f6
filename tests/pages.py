"""What tests of pages share: forms as a browser sends them, the state of the books."""

from html import escape
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection
from psycopg2 import sql

from crm.models import Record

#: Tables that may grow by a refused request: what happened, and who is signed in.
BESIDE_THE_BOOKS = frozenset(
    (
        "crm_departmentstay",  # written by PostgreSQL, under numbers of its own
        "crm_historyentry",
        "crm_milestones",  # laid anew, each time under numbers of their own
        "crm_opensession",  # when somebody was seen last, once a minute
        "crm_region",
        "crm_watermark",  # random marks
        "django_migrations",
        "django_session",
    )
)
ROWS = sql.SQL(
    "(SELECT coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM {} t)"
)
#: How many rows of some tables this transaction wrote, those taken back among them.
WRITTEN = """
SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)
FROM pg_stat_xact_user_tables WHERE relname = ANY (%s)
"""


def form_of(browser, url):
    """Return the fields of the form on a page as a browser would send them."""
    form = browser.get(url).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in values.items()}


def our_apps():
    """Return the names of all apps of the project, each a folder of its own."""
    places = ((app.name, Path(app.path)) for app in apps.get_app_configs())
    return [name for name, place in places if place.parent == settings.ROOT]


def record_models():
    """Return every kind of business record there is."""
    return [model for model in apps.get_models() if issubclass(model, Record)]


def books():
    """Return one checksum over every row of every table of ours."""
    with connection.cursor() as cursor:
        cursor.execute(_checksum())
        return cursor.fetchone()[0]


class Ledger:
    """The books as they are: whether anything in them changed is asked often, cheaply.

    PostgreSQL counts what a transaction writes. Only where it wrote into the books are
    they read: what is written back as it was is no change.
    """

    def __init__(self):
        """Look at them as they are."""
        self._whole, self._writes = books(), self._written()

    def is_changed(self):
        """Say whether they are others than at first."""
        before, self._writes = self._writes, self._written()
        return self._writes != before and books() != self._whole

    @staticmethod
    def _written():
        with connection.cursor() as cursor:
            cursor.execute(WRITTEN, [sorted(_tables())])
            return cursor.fetchone()[0]


def _checksum():
    parts = [ROWS.format(sql.Identifier(table)) for table in sorted(_tables())]
    return sql.SQL("SELECT md5({})").format(sql.SQL(" || ").join(parts))


def _tables():
    tables = {model._meta.db_table for model in apps.get_models()}
    return tables - BESIDE_THE_BOOKS


def alerts(answer):
    """Return the errors that a list page shows above its rows."""
    return [str(error) for error in answer.context["errors"]]


def shows(answer, text):
    """Say whether a page holds a text, escaped as it must be."""
    return escape(text) in answer.content.decode()


def ids(answer):
    """Return the ids of the rows of a list page, from top to bottom."""
    return [row.pk for row in answer.context["page_obj"].object_list]
