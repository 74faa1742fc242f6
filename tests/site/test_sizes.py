"""What pages weigh: a list of 25 rows comes down a slow line in no time."""

import pytest
from django.db import connection
from django.urls import reverse

from crm.running.together import TOGETHER
from tests.pages import record_models
from tests.site.test_queries import more, name_of
from tests.site.world import rows_of, who_enters

pytestmark = pytest.mark.django_db

#: The menu of whoever does everything is a part of it.
MOST = 40_250
OTHERS = (
    "user_list",
    "role_list",
    "dictionaryitem_list",
    "log",
    "signins",
    "holiday_list",
    "job_list",
    "backup_list",
    "seal_list",
)


TAGS = (
    '<script src="/static/{}" defer></script>\n',
    '<link rel="stylesheet" href="/static/{}">\n',
)
#: What the name of a file is longer by where it is served.
HASH = len(".0123456789ab")
SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences"
#: A company that has been at it for years: its rows have numbers of seven digits.
LATE = 5_000_000


@pytest.fixture
def late(db):
    """Let rows have numbers as long as those of a company of some years."""
    with connection.cursor() as cursor:
        cursor.execute(f"{SEQUENCES} WHERE schemaname = 'public'")
        before = dict(cursor.fetchall())
        _set(cursor, {name: LATE + (last or 0) for name, last in before.items()})
        yield
        _set(cursor, before)


def _set(cursor, values):
    """Set sequences to their last value; to none, where nothing was drawn yet."""
    cursor.executemany(
        "SELECT setval(quote_ident(%s), %s, %s)",
        [(name, last or 1, last is not None) for name, last in values.items()],
    )


def weight(answer):
    """Return what a page weighs as it is served: with one script and one style.

    The first of those that it holds stands for it here.
    """
    text = answer.content.decode()
    for names in TOGETHER.values():
        for name in names[1:]:
            for tag in TAGS:
                text = text.replace(tag.format(name), "")
    return len(text.encode()) + HASH * text.count('"/static/')


@pytest.mark.usefixtures("late")
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("model", record_models(), ids=name_of)
def test_a_full_page_of_a_list_is_light(model, language, zhang, lina, sign_in):
    browser = sign_in(who_enters(model, zhang, lina))
    browser.cookies["language"] = language
    more(model, zhang, rows_of(zhang), 29)
    answer = browser.get(model.page("list"))
    assert len(answer.context["page_obj"].object_list) == 25
    assert weight(answer) <= MOST


def test_no_page_carries_the_indents_of_its_templates(zhang, sign_in):
    page = sign_in(zhang).get("/customers/").content.decode()
    assert "<table" in page
    assert not [line for line in page.splitlines() if line != line.lstrip()]


@pytest.mark.parametrize("name", OTHERS)
def test_a_list_of_the_house_is_light(name, zhang, zhou, sign_in):
    rows_of(zhang)
    assert len(sign_in(zhou).get(reverse(name)).content) <= MOST
