"""Where the fields of a kind stand: on pages, in addresses, in files, by HTTP."""

import csv
import re
from io import StringIO

from tests.site.world import rows_of

FACT = re.compile(r'data-field="(\w+)"')
NAMED = re.compile(r'<(?:input|select|textarea)[^>]*? name="(\w+)"')


def places(kind, owner, browser):
    """Return {place: [names]} of a kind; of files the headings.

    Args:
        kind: a kind of record.
        owner: whose row is looked at.
        browser: of somebody who may do everything.
    """
    row, listing = rows_of(owner)[kind], kind.page("list")
    page = browser.get(row.get_absolute_url()).content.decode()
    answer = browser.get(listing)
    found = {
        "form": of_form(browser.get(kind.page("create"))),
        "page": FACT.findall(page),
        "list": [column.name for column in answer.context["table"].shown],
        "conditions": of_conditions(answer),
        "export": head_of(browser.get(f"{listing}export/?format=csv")),
    }
    if "import" in kind.actions:
        template = browser.get(f"{listing}import/template/?format=csv")
        found["template"] = head_of(template)
    return found


def of_form(answer):
    """Return the fields of a form as they stand on the page, one beneath the other."""
    form = answer.context["form"]
    groups = [*form.grouped, *form.grouped_below]
    return [field.name for _heading, fields in groups for field in fields]


def of_conditions(answer):
    """Return the parameters that the form above a list sends, in its order."""
    form = answer.content.decode().partition('class="conditions')[2]
    return list(dict.fromkeys(NAMED.findall(form.partition("</form>")[0])))


def head_of(answer):
    """Return the headings of a file."""
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return next(csv.reader(StringIO(text)))
