"""One person's many requests never keep everybody else waiting."""

from threading import Event, Thread

import pytest
from django.contrib.auth import SESSION_KEY
from django.http import HttpResponse

from crm.running import pacing
from crm.running.pacing import PacingMiddleware


@pytest.fixture
def slow(monkeypatch):
    """A program of two threads a person whose pages take until `done` is set."""
    monkeypatch.setenv("CRM_THREADS", "4")
    monkeypatch.setattr(pacing, "PATIENCE", 0.05)
    done = Event()

    def answer(request):
        request.begun.set()
        assert done.wait(10)
        return HttpResponse("done")

    program = PacingMiddleware(answer)
    program.done = done
    yield program
    done.set()


@pytest.fixture
def asks(rf):
    """Return a function that makes a request of somebody, by their id."""

    def ask(person, method="get"):
        request = getattr(rf, method)("/search/")
        request.session = {} if person is None else {SESSION_KEY: person}
        request.begun = Event()
        return request

    return ask


@pytest.fixture
def running(slow, asks):
    """Return a function that lets a request of a person run beside the test."""
    threads = []

    def run(person, method="get"):
        request = asks(person, method)
        threads.append(Thread(target=slow, args=(request,)))
        threads[-1].start()
        assert request.begun.wait(10)

    yield run
    slow.done.set()
    for thread in threads:
        thread.join()


def test_a_third_request_of_a_person_is_told_to_come_again(slow, asks, running):
    running("7")
    running("7")
    refused = slow(asks("7"))
    assert refused.status_code == 429
    assert refused.headers["Retry-After"]
    assert "先前的请求" in refused.content.decode()


def test_other_people_are_served_meanwhile(slow, asks, running):
    running("7")
    running("7")
    running("8")
    running(None)


def test_what_is_to_be_saved_is_never_refused(slow, asks, running):
    running("7")
    running("7")
    running("7", "post")


def test_whoever_waited_is_served_when_an_earlier_request_ends(slow, asks, running):
    running("7")
    running("7")
    slow.done.set()
    assert slow(asks("7")).status_code == 200


def test_nothing_is_kept_of_people_who_ask_for_nothing(slow, asks):
    slow.done.set()
    assert slow(asks("7")).status_code == 200
    assert not slow.running
