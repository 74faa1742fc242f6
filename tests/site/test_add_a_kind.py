"""“Add a kind” of the README, taken at its word, step by step, in a copy."""

import re

import pytest
from django.conf import settings

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

SECTION, MORE_OF_IT = section("Add a kind"), section("Give a kind more")
#: What a kind may cost beside its migration, texts and tests.
MOST_FILES, MOST_LINES = 6, 150
#: So many further kinds of the same make, to see what pages of many kinds cost.
MORE = 16
TESTS = ("added_kind.py", "test_kinds.py", "test_names.py")
#: Where the steps put a line that stands among others: behind which lines.
PLACES = {
    "crm/navigation/__init__.py": """\
        "messages",
        (
""",
    "crm/shipped/roles.py": """\
    "customers.customer",
    "contracts.contract",
""",
}


def steps(text=SECTION):
    """Return {file: what a section puts into it}, in its order."""
    found = re.findall(
        r"`([\w/.]+\.(?:py|csv))`[^`]*?\n```(?:python|text|csv)\n(.*?)```", text, re.S
    )
    assert len(found) == (text.count("```") - 2 * text.count("```diff")) // 2
    return dict(found)


def another(text, number):
    """Return a step of another kind of the same make; 0 is the one of the README."""
    return re.sub(r"([Cc]ampaign)", rf"\g<1>{number}", text) if number else text


def take(root, file, text):
    """Take a step: a new file, lines among others, or what stands at the end."""
    place = root / file
    if not place.exists():
        place.parent.mkdir(exist_ok=True)
        place.write_text(text)
        return
    before = place.read_text()
    if file in PLACES:
        assert PLACES[file] in before
        place.write_text(before.replace(PLACES[file], PLACES[file] + text))
        return
    imports = re.findall(r"^(?:from|import) .*\n", text, re.M)
    rest = re.sub(r"^(?:from|import) .*\n", "", text, flags=re.M).strip()
    head, first, tail = re.split(r"^((?:from|import) )", before, maxsplit=1, flags=re.M)
    place.write_text(f"{head}{''.join(imports)}{first}{tail.rstrip()}\n\n\n{rest}\n")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Return a copy of the project with the kind of the README."""
    root = copied(tmp_path_factory.mktemp("copy"))
    for file, text in steps().items():
        take(root, file, text)
    return root


@pytest.fixture
def clone(django_db_setup, django_db_blocker):
    """Return the name of a copy of the tests' database."""
    with database("kinds", django_db_blocker) as name:
        yield name


def lines_of(place):
    """Return how many lines a file has."""
    return len(place.read_text().splitlines()) if place.exists() else 0


def test_a_kind_costs_little(project):
    more = {
        file: lines_of(project / file) - lines_of(settings.ROOT / file)
        for file in steps()
    }
    assert min(more.values()) > 0
    assert len(more) <= MOST_FILES
    assert sum(more.values()) <= MOST_LINES
    assert f"These {len(more)} files and {sum(more.values())} lines are all" in SECTION


def take_more(root):
    """Take the steps that give the kind options, headings and a reminder of its own."""
    file, changes = hunks(MORE_OF_IT)
    for before, after in changes:
        replace(root / file, before, after)
    for name, text in steps(MORE_OF_IT).items():
        take(root, name, text)


def test_a_kind_added_by_the_readme_is_at_home_everywhere(project, clone):
    take_more(project)
    started(project, "ruff", "check", "-q", "--fix", "--select", "I", "feedback")
    started(project, "ruff", "check", "-q", "feedback", "crm")
    started(project, "ruff", "format", "-q", "--check", "feedback", "crm")
    started(project, "django", "makemigrations", "feedback", DATABASE_URL=NOWHERE)
    for number in range(1, MORE + 1):
        for file, text in steps().items():
            name = another(file, number) if file.endswith(".csv") else file
            take(project, name, another(text, number))
    modules = (f"tests/site/{name}" for name in TESTS)
    run_tests(project, clone, *modules, "-k", "not demo_shows")
