"""README names what there is: places in the tree and settings of the environment."""

import re

import pytest
from django.conf import settings

README = (settings.ROOT / "README.md").read_text()
#: What only an installation has, or a kind that somebody adds.
MADE = (
    "var/",
    ".venv/",
    "feedback/demo/",
    "feedback/occasions.py",
    "feedback/dictionaries.py",
)
PLACES = re.findall(r"`([\w.-]+/[\w./-]*|[\w-]+\.(?:py|lock|toml))`", README)
READ = re.compile(
    r"(?:environ(?:\.get)?[(\[]|environment\.(?:flag|number|words)\()\s*\"([A-Z_]+)\""
)
#: What `serve` tells the processes that it starts.
OWN = {"CRM_DATABASE_ROLE", "CRM_GREETING"}
#: What only the tests ask for.
OF_TESTS = {"CRM_CHROMIUM", "CRM_RACE_ROUNDS"}


@pytest.mark.parametrize("place", sorted(set(PLACES)))
def test_a_place_that_is_named_is_there(place):
    assert place.startswith(MADE) or (settings.ROOT / place).exists()


def test_the_table_of_settings_names_all_and_no_other():
    table = README.partition("## Settings")[2].partition("\n## ")[0]
    first = [line.split("|")[1] for line in table.splitlines() if line.startswith("|")]
    named = set(re.findall(r"`([A-Z_]+)`", " ".join(first)))
    assert named - OF_TESTS == read_from_environment() - OWN


def read_from_environment():
    """Return the names of the variables that the program asks for."""
    files = (settings.ROOT / "crm").rglob("*.py")
    return {name for file in files for name in READ.findall(file.read_text())}
