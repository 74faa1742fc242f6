"""The picture of the floors in README shows what the contracts of imports say."""

import re
import tomllib

import pytest
from django.conf import settings

PICTURE = settings.ROOT / "static" / "readme" / "floors.svg"
GROUP = re.compile(r'<g id="([a-z]+)">(.*?)</g>', re.DOTALL)
NAME = re.compile(r'<text x="\d+" y="(\d+)">([a-z_]+)</text>')
PROJECT = tomllib.loads((settings.ROOT / "pyproject.toml").read_text())
CONTRACTS = {
    contract["id"]: [set(re.findall("[a-z_]+", line)) for line in contract["layers"]]
    for contract in PROJECT["tool"]["importlinter"]["contracts"]
}


def drawn():
    """Return {group of the picture: the names of each of its lines, from above}."""
    found = {}
    for group, content in GROUP.findall(PICTURE.read_text()):
        lines = {}
        for height, name in NAME.findall(content):
            lines.setdefault(int(height), set()).add(name)
        found[group] = [lines[height] for height in sorted(lines)]
    return found


@pytest.mark.parametrize("contract", CONTRACTS)
def test_the_picture_shows_each_contract_line_by_line(contract):
    assert drawn()[contract] == CONTRACTS[contract]


def test_every_floor_is_a_package_with_such_rooms():
    floors = set().union(*CONTRACTS["floors"])
    assert floors == set(PROJECT["tool"]["importlinter"]["root_packages"])
    assert floors == {path.parent.name for path in settings.ROOT.glob("*/apps.py")}
