"""The help: each page explained to whoever has it, the words, the way anywhere."""

import re

import pytest
from django.conf import settings
from django.urls import reverse

from crm.navigation import MENU
from system.help.first_steps import STEPS
from system.help.topics import TOPICS

pytestmark = pytest.mark.django_db


def test_every_page_of_the_menu_is_explained_and_nothing_else():
    offered = {i.url_name for group in MENU for i in group.items if not i.passing}
    assert offered == set(TOPICS)


def test_one_reads_of_the_pages_one_has(zhang, zhou, sign_in):
    page = sign_in(zhang).get("/help/").text
    assert 'id="customer_list"' in page
    assert 'id="role_list"' not in page
    assert 'id="role_list"' in sign_in(zhou).get("/help/").text


@pytest.mark.parametrize(
    ("at", "topic"),
    [
        ("/customers/7/edit/", "customer_list"),
        ("/contracts/?status=draft", "contract_list"),
        ("/", "home"),
        ("/profile/", "home"),
        ("", None),
        ("//evil.example/", "home"),
    ],
)
def test_the_topic_of_the_page_one_comes_from_stands_open(zhang, sign_in, at, topic):
    page = sign_in(zhang).get("/help/", {"at": at}).text
    assert re.findall(r'<details id="(\w+)"[^>]* open', page) == [topic][: bool(topic)]


def test_anywhere_is_wherever_one_may_go(zhang, sign_in):
    page = sign_in(zhang).get("/help/commands/").text
    entries = re.findall(r'<li data-words="([^"]+)"><a href="([^"]+)">', page)
    addresses = [address for _words, address in entries]
    assert {"/", "/customers/", "/customers/add/"} <= set(addresses)
    assert "/system/roles/" not in addresses
    words = dict(map(reversed, entries))["/contracts/"]
    assert "合同" in words
    assert "hetong" in words
    browser = sign_in(zhang)
    for address in addresses:
        assert browser.get(address).status_code == 200, address


def test_first_steps_are_those_one_may_take_until_put_away(chen, zhou, sign_in):
    browser = sign_in(zhou)
    assert 'data-card="first_steps"' in browser.get("/").text
    assert reverse("user_create") in browser.get("/").text
    browser = sign_in(chen)
    assert reverse("user_create") not in browser.get("/").text
    answer = browser.post("/help/first-steps/")
    assert answer.url == "/"
    assert settings.STEPS_COOKIE_NAME in answer.cookies
    assert 'data-card="first_steps"' not in browser.get("/").text
    assert browser.get("/help/").text.count("<ol") == 1


def test_every_step_leads_to_a_page():
    for _right, _label, name in STEPS:
        assert reverse(name)


def test_words_stand_in_both_languages(zhang, sign_in):
    page = sign_in(zhang).get("/help/words/").text
    assert "登记箱" in page
    assert "registration inbox" in page
