"""Every form and every button says which version was seen; a stale one does nothing.

The forms are those that the pages really show, to every role, whatever they are for.
"""

from html.parser import HTMLParser
from itertools import cycle

import pytest
from django.test import Client
from django.urls import resolve

from crm.models.record import Registration
from customers.models import Customer, Membership, Relation
from tests.browsers import type_password
from tests.pages import books
from tests.site.routes import MAY_BE_FORBIDDEN
from tests.site.test_walk import PEOPLE, administered, cells
from tests.site.world import rows_of

#: Forms that carry no version, and why none is needed.
UNVERSIONED = {
    "account_login": "signs in: nothing was seen before",
    "account_logout": "ends one's own session, whatever stood there",
    "account_change_password": "asks for the old password",
    "account_reset_password": "sends a letter",
    "account_reset_password_from_key": "the key is good for one password only",
    "language": "a cookie",
    "theme": "how one's own pages look, whatever stood there",
    "first_steps_end": "a card of one's own, put away",
    "tour": "where one's own tour is, in one browser",
    "mfa_authenticate": "a code that is good for once",
    "mfa_reauthenticate": "a code that is good for once",
    "mfa_activate_totp": "the secret stands in the session",
    "mfa_deactivate_totp": "one's own, on or off",
    "mfa_generate_recovery_codes": "one's own, made anew whatever stood there",
    "account_reauthenticate": "asks for the password",
    "session_end": "a session is open or over",
    "session_end_others": "a session is open or over",
    "calendar_feed_settings": "an address of one's own, made anew or taken away",
    "list_settings": "how one's own lists are set up",
    "star": "a mark of one's own",
    "savedview_pin": "a mark of one's own",
    "savedview_move": "a mark of one's own",
    "savedview_first": "a mark of one's own",
    "notice_read": "marks of one's own",
    "notice_settings": "wishes of one's own, which nobody else writes",
    "newsitem_reading": "a mark of one's own",
    "news_reading": "marks of one's own",
    "registration_many": "names the version of each row in `seen`",
    "registration_return_many": "names the version of each row in `seen`",
    "approval_list": "names round and version of each row in `seen`",
    "contract_forecast": "writes nothing",
    "duplicate_scan": "looks at all there is, whatever was seen",
    "backup_run": "keeps all there is, whatever was seen",
    "customer_claim": "a pool has it or not: whoever comes second is refused",
    "customer_assignment": "a pool has it or not: whoever comes second is refused",
    "recyclerun_trial": "changes nothing",
    "recyclerun_start": "each customer is looked at anew",
    "recyclerun_undo": "taken back twice it is refused",
    "seal_check": "looks at all there is, whatever was seen",
    "merge_undo": "a merge never changes; taken back twice it is refused",
    "import_mapping": "needs none, but a stale one is refused (test_import_runs)",
    "import_run": "needs none, but a stale one is refused (test_import_runs)",
}
#: What makes something new; a bulk action fixes the versions of its rows by that.
NEW = ("_create", "_import", "_bulk")
READ_ONLY = {"history", "options", "search", "timeline"}


class Forms(HTMLParser):
    """Collects the forms of a page that change something."""

    def __init__(self):
        super().__init__()
        self.found, self.open = [], None

    def handle_starttag(self, tag, attributes):
        """Begin a form, or note what it holds."""
        given = dict(attributes)
        if tag == "form" and given.get("method", "").lower() == "post":
            self.open = {"action": given.get("action"), "fields": {}}
            self.found.append(self.open)
        elif tag == "button" and "formnovalidate" in given:
            return  # fills the form in or adds a line: what saves is pressed here
        elif tag in ("input", "button") and self.open is not None and given.get("name"):
            self.open["fields"][given["name"]] = given.get("value") or ""

    def handle_endtag(self, tag):
        """End a form."""
        if tag == "form":
            self.open = None


def forms_of(answer, path):
    """Return [(address, fields)] of the changing forms of a page."""
    parser = Forms()
    parser.feed(answer.content.decode())
    return [(form["action"] or path, form["fields"]) for form in parser.found]


@pytest.fixture
def world(zhang, wang, zhao, sun):
    """Rows of every kind in every state of registration, and parts of customers."""
    own, foreign = rows_of(zhang), rows_of(wang)
    reported = rows_of(zhang, registered=False, among=own)
    returned = rows_of(zhang, registered=False, among=own)
    for model, row in returned.items():
        model.objects.filter(pk=row.pk).update(
            registration=Registration.RETURNED, return_reason="请补充"
        )
    customer = own[Customer]
    Relation.objects.create(customer=customer, kind="supplies", other=foreign[Customer])
    Membership.objects.create(customer=customer, user=wang)
    own |= administered(wang, sun)
    nothing = {reach: {} for reach in ("foreign_reported", "missing")}
    return {"own": own, "foreign": returned, "reported": reported, **nothing}


def shown(browser, world):
    """Return {(name of the door, address): fields} of all forms on all pages."""
    found = {}
    for cell in cells():
        of_row = cell.reach == "own" or {"pk", "label"} & set(cell.route.pieces)
        if cell.method != "GET" or cell.reach == "missing" or not of_row:
            continue
        if cell.route.name in READ_ONLY or cell.route.name.endswith("_export"):
            continue
        row = world[cell.reach].get(cell.model)
        if row is None and cell.reach != "own":
            continue
        path = cell.path(row)
        answer = browser.get(path)
        if answer.status_code == 200 and "text/html" in answer["Content-Type"]:
            for address, fields in forms_of(answer, path):
                door = resolve(address.partition("?")[0]).url_name
                found[door, address] = fields
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("name", PEOPLE)
def test_every_form_carries_the_version_that_was_seen_and_needs_it(
    name, world, request
):
    browser = Client()
    browser.force_login(request.getfixturevalue(name))
    type_password(browser, request.getfixturevalue(name))
    forms = shown(browser, world)
    assert len({door for door, _address in forms}) > 3
    assert {
        door
        for (door, _address), fields in forms.items()
        if not fields.get("version") and needs_version(door)
    } == set()
    before, wrong = books(), []
    asked = [form for form in forms.items() if needs_version(form[0][0])]
    for ((door, address), fields), version in zip(asked, cycle(STALE), strict=False):
        answer = send(browser, address, fields, version)
        told = answer.status_code == 409 and 'role="alert"' in answer.text
        if not told and not (answer.status_code == 403 and door in MAY_BE_FORBIDDEN):
            wrong.append((address, version, answer.status_code))
    assert wrong == []
    assert books() == before


#: What a form may say instead of the version that stands now.
STALE = ("999", "", None, "x")


def needs_version(door):
    """Say whether the forms of a door are about something that was there before."""
    return door not in UNVERSIONED and not door.endswith(NEW)


def send(browser, address, fields, version):
    """Send a form with another version, or with none."""
    sent = {**fields, "version": version}
    return browser.post(address, {k: v for k, v in sent.items() if v is not None})
