"""The calendar for other programs: its address, its text, who reads what by it."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from system.calendar.feed import READ
from system.calendar.icalendar import BREAKS, CONTROLS, calendar, escaped, event, folded
from system.calendar.models import CalendarEvent, CalendarFeed
from tests.factories import a_customer
from tests.people import dismiss

SETTINGS = "/calendar/feed/"
ADDRESS = re.compile(r'value="(http://testserver/calendar/feed/[\w-]{43}\.ics)"')
MOMENT = datetime(2026, 11, 28, 1, 30, tzinfo=UTC)
SAMPLES = sorted((settings.ROOT.parent / "shared" / "data" / "ics").glob("*.ics"))
#: Texts as people and machines write them: no halves of pairs, which are no text.
TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=200)


UNESCAPED = {"n": "\n", "N": "\n", ",": ",", ";": ";", "\\": "\\"}


def read(text):
    """Return {name: value} of each event of a calendar, as RFC 5545 has it read."""
    text = text if isinstance(text, str) else text.decode()
    events, here = [], None
    for line in re.split("\r?\n", re.sub("\r?\n[ \t]", "", text)):
        name, _colon, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            here = {}
        elif line == "END:VEVENT":
            events.append(here)
            here = None
        elif here is not None:
            said = re.sub(r"\\(.)", lambda found: UNESCAPED.get(found[1], ""), value)
            here[name.partition(";")[0]] = said
    return events


def moment(value):
    """Return a moment in UTC as a calendar writes it."""
    return f"{value.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def written(summary, **more):
    """Return a calendar of one event of that name."""
    more = {"sequence": 3, "changed_at": MOMENT, **more}
    return calendar("日程", [event("1@crm", summary, MOMENT, None, **more)])


@given(TEXTS)
def test_whatever_a_text_holds_it_comes_back(text):
    lines = written(text, place=text).split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)
    assert all("\n" not in line and "\r" not in line for line in lines)
    (found,) = read("\r\n".join(lines))
    said = CONTROLS.sub("", BREAKS.sub("\n", text))
    assert found["SUMMARY"] == said


@given(TEXTS)
def test_a_folded_line_is_the_line_again(text):
    line = f"SUMMARY:{escaped(text)}"
    pieces = folded(line).split("\r\n")
    assert pieces[0] + "".join(piece[1:] for piece in pieces[1:]) == line
    assert all(piece.startswith(" ") for piece in pieces[1:])


def test_days_and_moments_are_read_as_they_are_meant():
    days = event(
        "2@crm",
        "展会",
        date(2026, 11, 28),
        date(2026, 11, 29),
        sequence=1,
        changed_at=MOMENT,
        is_cancelled=True,
    )
    ends = MOMENT + timedelta(hours=2)
    hours = event("1@crm", "会", MOMENT, ends, sequence=7, changed_at=MOMENT)
    first, second = read(calendar("日程", [hours, days]))
    assert (first["DTSTART"], first["DTEND"]) == ("20261128T013000Z", moment(ends))
    assert (first["SEQUENCE"], first["STATUS"]) == ("7", "CONFIRMED")
    assert (second["DTSTART"], second["DTEND"]) == ("20261128", "20261130")
    assert second["STATUS"] == "CANCELLED"


@pytest.mark.skipif(not SAMPLES, reason="calendars of other programs lie elsewhere")
def test_names_that_other_programs_write_come_back():
    texts = (path.read_bytes().decode(errors="ignore") for path in SAMPLES)
    events = (event for text in texts for event in read(text))
    names = [event["SUMMARY"] for event in events if "SUMMARY" in event]
    assert len(names) > 5
    assert [read(written(name))[0]["SUMMARY"] for name in names] == names


# --- The address ----------------------------------------------------------------------


@pytest.fixture
def address(zhang, sign_in):
    """Make an address, as 张伟 does it; return it and his browser."""
    cache.clear()
    browser = sign_in(zhang)
    (found,) = ADDRESS.findall(browser.post(SETTINGS, {"make": "1"}).text)
    return found.removeprefix("http://testserver"), browser


@pytest.mark.django_db
def test_it_is_shown_once_renewed_and_ended(address, client):
    first, browser = address
    answer = client.get(first)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert "no-store" in answer["Cache-Control"]
    page = browser.get(SETTINGS)
    assert not ADDRESS.findall(page.text)
    assert first.split("/")[-1].removesuffix(".ics") not in str(
        CalendarFeed.objects.values().get()
    )
    (second,) = ADDRESS.findall(browser.post(SETTINGS, {"make": "1"}).text)
    second = second.removeprefix("http://testserver")
    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200
    assert browser.post(SETTINGS, {"end": "1"}).status_code == 302
    assert client.get(second).status_code == 404
    assert client.post(second).status_code == 405


@pytest.mark.django_db
def test_it_ends_with_the_account_and_asks_for_patience(address, zhang, client):
    feed, _browser = address
    answers = [client.get(feed).status_code for _time in range(READ + 1)]
    assert (answers[0], answers[-2], answers[-1]) == (200, 200, 429)
    cache.clear()
    dismiss(zhang)
    assert client.get(feed).status_code == 404
    wrong = [client.get(f"{SETTINGS}{n}.ics").status_code for n in range(31)]
    assert (wrong[0], wrong[-1]) == (404, 429)


@pytest.mark.django_db
def test_it_tells_what_its_person_may_see_now(address, zhang, wang, client):
    feed, browser = address
    soon = timezone.now().replace(microsecond=0) + timedelta(days=1)
    customer = a_customer(zhang, name="昆明翠湖仪器有限公司", next_contact_at=soon)
    a_customer(wang, name="别家的客户", next_contact_at=soon)
    event = CalendarEvent.objects.create(
        person=zhang,
        title="演示",
        place="三楼",
        starts_at=soon,
        ends_at=soon,
        remind_minutes=15,
    )
    first, second = sorted(read(client.get(feed).content), key=lambda one: one["UID"])
    assert first["SUMMARY"] == "演示"
    assert first["LOCATION"] == "三楼"
    assert (first["BEGIN"], first["TRIGGER"]) == ("VALARM", "-PT15M")
    assert first["DESCRIPTION"] == "演示"
    assert "TRIGGER" not in second
    assert second["SUMMARY"] == "下次联系：昆明翠湖仪器有限公司"
    assert second["DTSTART"] == moment(soon)
    assert browser.get(second["URL"]).status_code == 200
    type(customer).objects.filter(pk=customer.pk).update(owner=wang)
    event.move_to(timezone.localdate(soon) + timedelta(days=1), zhang)
    (moved,) = read(client.get(feed).content)
    assert moved["UID"] == first["UID"]
    assert int(moved["SEQUENCE"]) == int(first["SEQUENCE"]) + 1
    assert moved["DTSTART"] == moment(soon + timedelta(days=1))
    event.call_off(zhang)
    (off,) = read(client.get(feed).content)
    assert (off["UID"], off["STATUS"]) == (first["UID"], "CANCELLED")
    assert "TRIGGER" not in off
    assert int(off["SEQUENCE"]) == int(first["SEQUENCE"]) + 2
    later = timezone.now() - timedelta(days=31)
    CalendarEvent.objects.filter(pk=event.pk).update(cancelled_at=later)
    assert read(client.get(feed).content) == []
