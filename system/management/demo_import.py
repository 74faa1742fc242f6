"""An import of the demo: the cards of a fair, of which some rows were refused."""

from django.core.files.base import ContentFile

from crm.attachments import store
from crm.guards.actor import acting
from system.demo.tables import FOLDER
from system.imports import previewing, recognising, work
from system.models import ImportRun

#: People at customers, one of whom has a mistyped mobile, one works nowhere we know.
FILE, NAME = FOLDER / "fair.csv", "展会名片.csv"


def enter(people):
    """Take the steps that a person takes, as far as the report."""
    clerk, content = people["infoadmin"], ContentFile(FILE.read_bytes())
    with acting(clerk):
        run = ImportRun(
            user=clerk,
            kind="customers.contact",
            file_name=NAME,
            sha256=store(content),
            size=content.size,
        )
        recognising.read(run)
        run.save(force_insert=True)
        previewing.begin(run)
        work.start(run, clerk)
