"""What the tests of the ground floor share."""

import csv
import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def registry():
    """Rows of a public company registry, where one is at hand.

    Such files may not be redistributed; CRM_SAMPLES names the folder they are in.
    """
    path = Path(os.environ.get("CRM_SAMPLES", "")) / "registry_yunnan_2015.csv"
    if not path.is_file():
        pytest.skip("CRM_SAMPLES names no folder with registry_yunnan_2015.csv")
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))
