"""“Add a field” of the README, taken at its word, and the like for every kind."""

import re

import polib
import pytest
from django.conf import settings

from crm.kinds import business
from tests.site.copies import (
    NOWHERE,
    copied,
    database,
    hunks,
    replace,
    run_tests,
    section,
    started,
)

pytestmark = pytest.mark.installation

SECTION = section("Add a field")
CATALOGUE = "locale/zh_Hans/LC_MESSAGES/django.po"
#: Where the models of the other kinds are, and the line before which theirs goes.
OTHERS = {
    "customers.contact": ("customers/models/contacts.py", "search_text = "),
    "contracts.product": ("contracts/models/products.py", "search_text = "),
    "contracts.pricelist": ("contracts/models/price_lists.py", "search_text = "),
    "contracts.contract": ("contracts/models/content.py", "external_number = "),
    "sales.lead": ("sales/models/leads.py", "search_text = "),
    "sales.opportunity": ("sales/models/opportunities.py", "search_text = "),
    "sales.quotation": ("sales/models/quotations.py", "search_text = "),
    "sales.workplan": ("sales/models/plans.py", "search_text = "),
    "sales.dayreport": ("sales/models/day_reports.py", "search_text = "),
    "sales.target": ("sales/models/targets.py", "search_text = "),
    "customers.counterpart": ("customers/models/counterparts.py", "search_text = "),
    "customers.dealregistration": (
        "customers/models/registrations.py",
        "search_text = ",
    ),
    "contracts.invoice": ("contracts/models/invoices.py", "search_text = "),
    "contracts.receipt": ("contracts/models/receipts.py", "status = "),
    "contracts.creditassessment": ("contracts/models/credit.py", "search_text = "),
    "feedback.interaction": ("feedback/models.py", "search_text = "),
    "competitors.competitor": ("competitors/models/competitor.py", "search_text = "),
    "competitors.encounter": ("competitors/models/encounter.py", "title = "),
    "competitors.newsitem": ("competitors/models/news.py", "search_text = "),
}
#: Of a kind whose groups stand in another file than its lines.
GROUPS = {"contracts/models/content.py": "contracts/models/contracts.py"}
LINE = '    noted_on = models.DateField(_("noted on"), null=True, blank=True)\n'
FIRST_GROUP = re.compile(r'(    groups = \(\s*\(\s*_\("[^"]+"\),\s*\()')


def texts():
    """Return {English: Chinese} of the names that the section gives."""
    (block,) = re.findall(r"```po\n(.*?)```", SECTION, re.S)
    return {entry.msgid: entry.msgstr for entry in polib.pofile(block)}


def add_to(root, file, anchor):
    """Add the same field to another kind: one line, one place in a group."""
    place, groups = root / file, root / GROUPS.get(file, file)
    replace(place, f"    {anchor}", f"{LINE}    {anchor}")
    text = groups.read_text()
    groups.write_text(FIRST_GROUP.sub(r'\1"noted_on", ', text, count=1))


def translate(root, words):
    """Write the names of fields into the catalogue, and what pages read of it."""
    catalogue = polib.pofile(root / CATALOGUE)
    for english, chinese in words.items():
        catalogue.append(polib.POEntry(msgid=english, msgstr=chinese))
    catalogue.save()
    catalogue.save_as_mofile(root / CATALOGUE.replace(".po", ".mo"))


def migrations(root):
    """Return the paths of all migrations of a project."""
    return {path.relative_to(root) for path in root.glob("*/migrations/*.py")}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Return a copy of the project with a field more in every kind."""
    root = copied(tmp_path_factory.mktemp("copy"))
    file, changes = hunks(SECTION)
    for before, after in changes:
        replace(root / file, before, after)
    for place, anchor in OTHERS.values():
        add_to(root, place, anchor)
    translate(root, {**texts(), "noted on": "记录日期"})
    return root


@pytest.fixture
def clone(django_db_setup, django_db_blocker):
    """Return the name of a copy of the tests' database."""
    with database("fields", django_db_blocker) as name:
        yield name


def test_a_field_is_one_line_of_the_model_and_one_place_in_a_group():
    _file, changes = hunks(SECTION)
    new = [after.count("\n") - before.count("\n") for before, after in changes]
    assert new == [1, 1]
    assert len(texts()) == 1


def test_every_kind_is_tried():
    ours = {kind._meta.label_lower for kind in business()}
    assert ours == {"customers.customer", *OTHERS}


def test_a_field_added_by_the_readme_stands_everywhere(project, clone):
    file, _changes = hunks(SECTION)
    started(project, "ruff", "check", "-q", file)
    started(project, "ruff", "format", "-q", "--check", file)
    apps = sorted({label.partition(".")[0] for label in OTHERS})
    started(project, "django", "makemigrations", *apps, DATABASE_URL=NOWHERE)
    assert len(migrations(project) - migrations(settings.ROOT)) == len(apps)
    run_tests(project, clone, "tests/site/added_field.py")
