"""The machine fails: it is said what is the matter, and nothing typed is lost."""

import errno
import os
import re
from contextlib import contextmanager
from html import unescape

import psycopg2
import pytest
from django.contrib import messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, Error, connection, connections
from django.db.backends.postgresql.base import DatabaseWrapper

from crm.attachments import path_of
from crm.running.faults import AWAY, fault_of
from customers.models import Customer
from tests.factories import a_customer
from tests.pages import form_of, shows

pytestmark = pytest.mark.django_db(transaction=True)

KEPT = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
PDF = b"%PDF-1.4 a contract"


@pytest.fixture
def browser(zhang, sign_in, monkeypatch):
    """The browser of 张伟, that shows errors instead of raising them.

    What is to be tried once more is, however slow the machine is.
    """
    monkeypatch.setattr("crm.middleware.SECONDS_TO_RETRY", 600)
    signed_in = sign_in(zhang)
    signed_in.raise_request_exception = False
    return signed_in


@pytest.fixture
def _little_time():
    """Have the time limits of pages, only shorter."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '500ms'; SET statement_timeout = '4s'")
    yield
    connection.close()


REFUSAL = """DO $$ BEGIN
    RAISE EXCEPTION 'no' USING ERRCODE = current_setting('tests.code');
END $$"""
BUSY_ROW = "SELECT 1 FROM customers_customer FOR UPDATE"


@contextmanager
def elsewhere(statement):
    """Hold what a statement of another connection has locked."""
    settings = connection.get_connection_params()
    settings.pop("cursor_factory", None)
    settings.pop("context", None)
    other = psycopg2.connect(**settings)
    try:
        with other.cursor() as cursor:
            cursor.execute(statement)
            yield
    finally:
        other.close()


def raising(code):
    """Return a function in whose place PostgreSQL refuses with a code."""

    def refuse(*_args, **_options):
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('tests.code', %s, true)", [code])
            cursor.execute(REFUSAL)

    return refuse


def end_connection(*_args, **_options):
    """Have the server end our connection, as when it is stopped."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


def no_connection(*_args, **_options):
    """Fail as a server does that is not there."""
    raise psycopg2.OperationalError("connection refused")


def kept(answer):
    """Return the fields that a page keeps to be sent again."""
    return {
        unescape(name): unescape(value) for name, value in KEPT.findall(answer.text)
    }


def edit(browser, customer, **typed):
    """Return address and data of an edit form in which something was typed."""
    url = f"/customers/{customer.pk}/edit/"
    return url, form_of(browser, url) | typed


@pytest.mark.usefixtures("_little_time")
def test_a_row_that_is_busy_costs_nobody_the_typed_text(browser, zhang):
    customer = a_customer(zhang, name="旧名")
    url, typed = edit(browser, customer, name="新名", remarks="第一行\r\n“第二行” <b>")
    with elsewhere(BUSY_ROW):
        answer = browser.post(url, typed)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "3"
    assert "请稍后重试" in answer.text
    assert answer.headers["X-Request-ID"] in answer.text
    again = kept(answer)
    assert again.pop("csrfmiddlewaretoken")
    assert again["remarks"] == typed["remarks"]
    assert browser.post(url, again).status_code == 302
    assert Customer.objects.get().name == "新名"


@pytest.mark.usefixtures("_little_time")
def test_the_words_are_those_of_the_person(browser, zhang):
    customer = a_customer(zhang)
    browser.cookies["language"] = "en"
    url, typed = edit(browser, customer)
    with elsewhere(BUSY_ROW):
        answer = browser.post(url, typed)
    assert "try again shortly" in answer.text


@pytest.mark.usefixtures("_little_time")
def test_a_list_that_takes_too_long_keeps_its_conditions(browser, zhang, monkeypatch):
    a_customer(zhang, name="甲公司")
    with monkeypatch.context() as patched:
        patched.setattr("crm.lists.plan.surveyed", sleep)
        answer = browser.get("/customers/?q=甲公&sort=name")
    assert answer.status_code == 503
    assert "请缩小查询条件" in answer.text
    assert 'value="甲公"' in answer.text
    assert "甲公司" not in answer.text
    assert browser.get("/customers/?q=甲公&sort=name").status_code == 200


def sleep(*_args, **_options):
    """Look through very many rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(30)")


@pytest.mark.usefixtures("_little_time")
def test_a_fragment_gets_the_same_words(browser, zhang):
    customer = a_customer(zhang)
    url, typed = edit(browser, customer)
    with elsewhere(BUSY_ROW):
        answer = browser.post(url, typed, headers={"HX-Request": "true"})
    assert answer.status_code == 503
    assert "请稍后重试" in answer.text
    assert "<html" not in answer.text


def test_a_page_is_made_again_when_its_connection_was_lost(browser, zhang):
    """As after a restart of the database: nobody notices."""
    a_customer(zhang, name="甲公司")
    end_connection_quietly()
    answer = browser.get("/customers/")
    assert answer.status_code == 200
    assert "甲公司" in answer.text


def test_a_form_sent_after_a_restart_is_saved_once(browser, zhang):
    customer = a_customer(zhang)
    url, typed = edit(browser, customer, name="新名")
    end_connection_quietly()
    assert browser.post(url, typed).status_code == 302
    customer.refresh_from_db()
    assert (customer.name, customer.version) == ("新名", int(typed["version"]) + 1)


def test_a_connection_lost_in_the_middle_saves_nothing(browser, zhang, monkeypatch):
    customer = a_customer(zhang, name="旧名")
    url, typed = edit(browser, customer, name="新名")
    with monkeypatch.context() as patched:
        patched.setattr(messages, "success", end_connection)
        answer = browser.post(url, typed)
    assert answer.status_code == 503
    assert kept(answer)["name"] == "新名"
    customer.refresh_from_db()
    assert customer.name == "旧名"


def end_connection_quietly():
    """End the connection while nobody uses it."""
    with pytest.raises(DatabaseError):
        end_connection()
    connection.errors_occurred = False


@pytest.mark.parametrize(
    "address", ["/", "/customers/", "/customers/?q=x", "/search/?q=x"]
)
def test_a_database_that_is_away_is_told(browser, monkeypatch, address):
    connections.close_all()
    monkeypatch.setattr(DatabaseWrapper, "get_new_connection", no_connection)
    answer = browser.get(address)
    assert answer.status_code == 503
    assert "无法连接数据库" in answer.text
    assert answer.headers["Retry-After"]


def test_health_says_so_too(client, monkeypatch):
    connections.close_all()
    monkeypatch.setattr(DatabaseWrapper, "get_new_connection", no_connection)
    answer = client.get("/health/")
    assert (answer.status_code, answer.content) == (503, b"fail")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_a_password_is_never_repeated(client, monkeypatch):
    client.raise_request_exception = False
    connections.close_all()
    monkeypatch.setattr(DatabaseWrapper, "get_new_connection", no_connection)
    answer = client.post("/login/", {"login": "zhang", "password": "geheim-2026"})
    assert answer.status_code == 503
    assert "geheim-2026" not in answer.text
    assert not kept(answer)


@pytest.mark.parametrize(
    ("code", "status", "words"),
    [
        ("53100", 507, "磁盘已满"),
        ("57P01", 503, "无法连接数据库"),
        ("42P01", 500, "出错"),
    ],
)
def test_each_fault_is_told_as_what_it_is(
    browser, zhang, monkeypatch, code, status, words
):
    customer = a_customer(zhang)
    url, typed = edit(browser, customer, name="新名")
    monkeypatch.setattr(messages, "success", raising(code))
    answer = browser.post(url, typed)
    assert answer.status_code == status
    assert words in answer.text
    assert answer.headers["X-Request-ID"] in answer.text


@pytest.mark.parametrize(
    "kind", [psycopg2.DatabaseError, psycopg2.OperationalError, psycopg2.InterfaceError]
)
def test_a_lost_connection_is_one_whatever_the_driver_calls_it(kind):
    with pytest.raises(Error) as caught, connection.wrap_database_errors:
        raise kind("server closed the connection unexpectedly")
    assert fault_of(caught.value) is AWAY
    assert fault_of(DatabaseError("Forced update did not affect any rows.")) is None


@pytest.mark.parametrize("code", ["40P01", "40001"])
def test_who_had_to_let_another_go_first_is_tried_again(
    browser, zhang, monkeypatch, code
):
    customer = a_customer(zhang)
    url, typed = edit(browser, customer, name="新名")
    said, times = messages.success, []

    def crossed_once(*args, **options):
        times.append(1)
        return raising(code)() if len(times) == 1 else said(*args, **options)

    monkeypatch.setattr(messages, "success", crossed_once)
    assert browser.post(url, typed).status_code == 302
    customer.refresh_from_db()
    assert (len(times), customer.name) == (2, "新名")


def full_disk(*_args):
    """Fail as a write does when the disk is full."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize(
    "url", ["/customers/{}/attachments/", "/customers/import/"], ids=["file", "import"]
)
def test_a_full_disk_is_not_the_file_s_fault(browser, zhang, monkeypatch, url):
    customer = a_customer(zhang)
    name, content = ("a.csv", "客户名称\n甲".encode())
    monkeypatch.setattr(os, "fsync", full_disk)
    upload = SimpleUploadedFile(name, content)
    answer = browser.post(url.format(customer.pk), {"file": upload})
    assert answer.status_code == 507
    assert "磁盘已满" in answer.text


def test_a_content_that_is_gone_is_told(browser, zhang):
    customer = a_customer(zhang)
    upload = SimpleUploadedFile("a.pdf", PDF)
    browser.post(f"/customers/{customer.pk}/attachments/", {"file": upload})
    file = customer.attachments.get()
    path_of(file.sha256).unlink()
    answer = browser.get(f"/customers/{customer.pk}/attachments/{file.pk}/")
    assert answer.status_code == 503
    assert shows(answer, "文件内容已丢失")


def test_a_zero_byte_that_slips_through_is_no_error_of_ours(
    browser, zhang, monkeypatch
):
    customer = a_customer(zhang)

    def slipped(*_args, **_options):
        Customer.objects.filter(name="a\0b").exists()

    url, typed = edit(browser, customer)
    monkeypatch.setattr(messages, "success", slipped)
    answer = browser.post(url, typed)
    assert answer.status_code == 422
    assert "无法保存的不可见字符" in answer.text
