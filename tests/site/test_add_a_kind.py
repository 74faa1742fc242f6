"""“Add a kind” of the README, taken at its word, step by step, in a copy."""

import os
import re
import shutil
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection

pytestmark = pytest.mark.installation

SECTION = (
    (settings.ROOT / "README.md")
    .read_text()
    .partition("### Add a kind\n")[2]
    .partition("\n## ")[0]
)
#: What a kind may cost beside its migration, texts and tests.
MOST_FILES, MOST_LINES = 6, 150
#: So many further kinds of the same make, to see what pages of many kinds cost.
MORE = 16
SECONDS = 900
TESTS = ("added_kind.py", "test_kinds.py", "test_names.py")
#: Where the steps put a line that stands among others: behind which lines.
PLACES = {
    "crm/navigation/__init__.py": """\
        "messages",
        (
""",
    "crm/shipped/roles.py": """\
                    "feedback.interaction",
                    "contracts.contract",
""",
}
#: Where a command looks for PostgreSQL that can do without.
NOWHERE = "postgresql://nobody@%2Fnowhere/nothing"
#: Ends what else is connected to the tests' database, which none may be to be copied.
OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
LEFT = shutil.ignore_patterns(".git", ".venv", "var", "__pycache__", ".*_cache")


def steps():
    """Return {file: what the section puts into it}, in its order."""
    found = re.findall(
        r"`([\w/.]+\.(?:py|csv))`[^`]*?\n```\w+\n(.*?)```", SECTION, re.S
    )
    assert len(found) == SECTION.count("```") // 2
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
    root = tmp_path_factory.mktemp("copy") / "project"
    shutil.copytree(settings.ROOT, root, ignore=LEFT)
    for file, text in steps().items():
        take(root, file, text)
    return root


@pytest.fixture
def clone(django_db_setup, django_db_blocker):
    """Return the name of a copy of the tests' database: to migrate anew takes long."""
    creation = connection.creation
    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            cursor.execute(OTHERS)  # the live server of the browser's tests is one
        creation.clone_test_db("kinds", verbosity=0)
        yield creation.get_test_db_clone_settings("kinds")["NAME"]
        creation.destroy_test_db(suffix="kinds", verbosity=0)


def started(root, *command, **environment):
    """Run a command of Python in the copy."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTEST_", "DJANGO"))
    }
    more = {
        "CRM_VAR": str(settings.VAR),
        "DJANGO_SETTINGS_MODULE": "crm.settings",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=root,
        env=kept | more | environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-3000:]


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


def test_a_kind_added_by_the_readme_is_at_home_everywhere(project, clone):
    started(project, "ruff", "check", "-q", "--fix", "--select", "I", "feedback")
    started(project, "ruff", "check", "-q", "feedback", "crm")
    started(project, "ruff", "format", "-q", "--check", "feedback", "crm")
    started(project, "django", "makemigrations", "feedback", DATABASE_URL=NOWHERE)
    for number in range(1, MORE + 1):
        for file, text in steps().items():
            name = another(file, number) if file.endswith(".csv") else file
            take(project, name, another(text, number))
    started(
        project,
        "pytest",
        "-q",
        "--reuse-db",
        "-p",
        "no:cacheprovider",
        *(f"tests/site/{name}" for name in TESTS),
        "-k",
        "not demo_shows",
        CRM_CLONE=clone,
    )
