"""周敏 makes a backup and fetches it; it comes back where there is nothing."""

import re
from importlib import import_module

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import expect

from crm.accounts.hashers import Argon2idHasher
from crm.attachments import attach
from crm.guards.actor import acting
from crm.models import User
from tests.browser.actions import follow, open_menu, open_page, press, sign_in
from tests.conftest import visit
from tests.factories import a_contact, a_contract, a_customer
from tests.installations import SIGNED, Installation, address
from tests.people import PASSWORD

pytestmark = pytest.mark.installation

#: The rows of a list, the fields of a record.
SHOWN = "#main > #results tbody tr, #record .fact"


@pytest.fixture
def company(page, settings, tmp_path, zhang):  # what the page writes must be ours
    """A company with a customer, a contact, a contract and its file."""
    company = Installation(tmp_path / "var", address())
    settings.MEDIA_ROOT = settings.ATTACHMENTS = company.var / "attachments"
    settings.BACKUPS = company.var / "backups"
    customer = a_customer(zhang, name="昆明翠湖仪器有限公司", address="翠湖南路 1 号")
    a_contact(customer, name="李建华", mobile="13912340001")
    contract = a_contract(zhang, customer=customer, title="光谱仪两台")
    attach(contract, SimpleUploadedFile("合同.pdf", SIGNED), zhang)
    records = (one.get_absolute_url() for one in (customer, contract))
    company.pages = ("/customers/", "/contacts/", *records)
    return company


def test_a_backup_is_made_fetched_damaged_refused_and_brought_back(
    page, browser, company, zhang, zhou, tmp_path
):
    sign_in(page, zhang)
    before = shown(page, company)
    assert all(before)
    assert before[-1] == SIGNED
    sign_in(page, zhou)
    open_menu(page, "备份")
    press(page, "立即备份")
    expect(page.get_by_role("status").first).to_contain_text("后台")
    with_a_password_of_today(zhang)
    code, said = company.run("worker", "--once")
    assert code == 0, said
    follow(page, "刷新")
    row = page.locator("#results tbody tr")
    expect(row).to_have_attribute("data-verified", "yes")
    row.locator("a").click()
    fetched = downloaded(page, tmp_path / "fetched.tar")
    empty = Installation(tmp_path / "empty")
    whole = fetched.read_bytes()
    damaged = tmp_path / "damaged.tar"
    damaged.write_bytes(whole[:-4000] + bytes([whole[-4000] ^ 1]) + whole[-3999:])
    code, said = empty.run("restore", damaged)
    assert (code, "校验和" in said) == (1, True), said
    assert not (empty.var / "postgres").exists()
    code, said = empty.run("restore", fetched)
    assert code == 0, said
    with empty.served() as server, visit(browser, server) as screen:
        sign_in(screen, zhang)
        assert shown(screen, company) == before


def shown(page, company):
    """Return what pages show to whoever is signed in, and the file of the contract."""
    texts = []
    for one in company.pages:
        open_page(page, one)
        texts.append(page.locator(SHOWN).all_inner_texts())
    sent = page.request.get(page.locator("#attachments a").first.get_attribute("href"))
    return [*texts, sent.body()]


def with_a_password_of_today(person):
    """Give somebody a password as an installation keeps it, not as tests do."""
    hashed = Argon2idHasher().encode(PASSWORD, "salt-of-the-tests")
    with acting(person, verb="password_set"):
        User.objects.filter(pk=person.pk).update(password=hashed)


def forget_the_password(page):
    """Let it be long ago that whoever is signed in has typed the password."""
    (cookie,) = (
        one["value"]
        for one in page.context.cookies()
        if one["name"] == settings.SESSION_COOKIE_NAME
    )
    session = import_module(settings.SESSION_ENGINE).SessionStore(cookie)
    session["account_authentication_methods"] = []
    session.save()


def downloaded(page, path):
    """Fetch a backup, with the password typed once more; return where it is now."""
    forget_the_password(page)
    press(page, "下载")
    expect(page).to_have_url(re.compile("/profile/confirm/"))
    page.locator("[name=password]").fill(PASSWORD)
    with page.expect_download() as coming:
        press(page, "确定")
    coming.value.save_as(path)
    expect(page.locator("[data-sent]")).to_contain_text("文件正在下载")
    follow(page, "返回")
    expect(page.locator("#record")).to_have_attribute("data-verified", "yes")
    return path
