"""What the tests of the ground floor share."""

import csv

import pytest

from tests.samples import sample


@pytest.fixture(scope="session")
def registry():
    """Rows of a public company registry, where one is at hand.

    Such files may not be redistributed, so they are no part of the project.
    """
    path = sample("companies_cn/registry_yunnan_2015.csv")
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))
