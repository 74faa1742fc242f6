"""What the tests of the ground floor share."""

import csv
import shutil
from hashlib import sha256

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection

from crm.accounts.hashers import Argon2idHasher
from crm.attachments import attach, path_of
from crm.guards.actor import acting
from crm.models import User
from tests.factories import a_contract
from tests.installations import SIGNED, Installation, address, asked, drop_all
from tests.people import PASSWORD
from tests.samples import sample


@pytest.fixture(scope="session")
def registry():
    """Rows of a public company registry, where one is at hand.

    Such files may not be redistributed, so they are no part of the project.
    """
    path = sample("companies_cn/registry_yunnan_2015.csv")
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture
def company(transactional_db, zhang, tmp_path):
    """A company with people, a contract and its file; its own directory of data."""
    # What ships is there: the migration after a restore finds nothing missing.
    call_command("migrate", verbosity=0)
    hashed = Argon2idHasher().encode(PASSWORD, "salt-of-the-tests")
    with acting(zhang, verb="password_set"):
        User.objects.filter(pk=zhang.pk).update(password=hashed)
    contract = a_contract(zhang)
    attach(contract, SimpleUploadedFile("合同.pdf", SIGNED), zhang)
    store = tmp_path / "var" / "attachments"
    kept = path_of(sha256(SIGNED).hexdigest()).relative_to(settings.ATTACHMENTS)
    (store / kept).parent.mkdir(parents=True)
    shutil.copyfile(settings.ATTACHMENTS / kept, store / kept)
    return Installation(tmp_path / "var", address(connection.settings_dict["NAME"]))


@pytest.fixture
def backup(company):
    """The company's backup, as `manage.py backup` makes and proves it."""
    code, said = company.run("backup")
    assert code == 0, said
    (file,) = company.backups
    return file


@pytest.fixture
def beside(company, tmp_path):
    """Another installation: an empty database on the same server."""
    name = f"{connection.settings_dict['NAME']}_beside"
    maintenance = address("postgres")
    drop_all(name)
    asked(maintenance, f'CREATE DATABASE "{name}"')
    yield Installation(tmp_path / "beside", address(name))
    drop_all(name)
