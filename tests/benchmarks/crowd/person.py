"""What people do all day, each a click every few seconds."""

import random
import time
from dataclasses import dataclass
from urllib.parse import quote

from tests.benchmarks.crowd.browser import Browser, Failed
from tests.benchmarks.words import WORDS

INTERVAL = 5  # seconds to a request, on average
PASSWORD = "crm-demo-2026"
SOUGHT = [word for words in WORDS.values() for word in words]
STATES = ("potential", "interested", "negotiating", "won", "loyal", "lost")
ORDERS = ("name", "-created_at", "owner", "-next_contact_at", "status")
#: {role: (weight, what it writes)}
ROLES = {
    "salesperson": (70, ("interaction", "interaction", "edit")),
    "supervisor": (11, ("interaction", "edit")),
    "information_administrator": (8, ("register", "register", "register", "edit")),
    "researcher": (10, ("interaction",)),
    "director": (1, ("edit",)),
}


@dataclass
class Click:
    """One click: when it was due, and when the page it led to was there."""

    kind: str
    due: float
    done: float
    fault: str = ""

    @property
    def waited(self):
        """Seconds from when the click was due."""
        return self.done - self.due


class Person:
    """Somebody with an account, at a browser, with habits."""

    def __init__(self, account, where, *, seed=0, **options):
        """Take (user name, role), (host, port) and options of the browser."""
        self.name, self.role = account
        self.browser = Browser(where, **options)
        self.random = random.Random(f"{self.name} {seed}")  # noqa: S311 - habits only
        self.customers, self.clicks = [], []

    def work(self, begin, end, interval=INTERVAL):
        """Work from the moment `begin` to `end`, noting each click."""
        due, day = begin, self.day()
        while due < end:
            time.sleep(max(0, due - time.monotonic()))
            kind, click = next(day)
            fault, before = "", self.browser.requests
            try:
                click()
            except Exception as error:
                fault = f"{kind} {type(error).__name__}: {error}"
                day = self.day(anew=not self._is_signed_in)
            self.clicks.append(Click(kind, due, time.monotonic(), fault))
            # A click that is sent on to another page has made two requests.
            asked = max(1, self.browser.requests - before)
            due += interval * asked * self.random.uniform(0.5, 1.5)
        self.browser.close()

    @property
    def _is_signed_in(self):
        return any(name.endswith("sessionid") for name in self.browser.cookies)

    def day(self, anew=True):
        """Yield (kind, click) one after the other, for ever."""
        if anew:
            yield from self.sign_in()
        while True:
            chance = self.random.random()
            if chance < 0.004:
                yield "sign out", self.sign_out
                yield from self.sign_in()
            elif chance < 0.12:
                yield from self.write()
            else:
                yield self.read()

    # --- Sign-in ------------------------------------------------------------------

    def sign_in(self):
        """Open the page and fill it in."""
        yield "sign-in page", lambda: self.browser.get("/login/")
        yield "sign-in", self._send_password

    def _send_password(self):
        fields = {"login": self.name, "password": PASSWORD}
        token = {"csrfmiddlewaretoken": self.browser.token}
        self.browser.post("/login/", fields | token)
        self._expect(self.browser.place == "/", "not signed in")

    def sign_out(self):
        """Leave by the button in the head of every page."""
        token = {"csrfmiddlewaretoken": self.browser.token}
        self.browser.post("/logout/", token)
        self._expect(self.browser.place == "/login/", "not signed out")

    # --- Reading --------------------------------------------------------------------

    def read(self):
        """Return a page to look at."""
        kinds = (
            ("workbench", 10, self._look("/")),
            ("list", 22, self._list),
            ("conditions", 16, self._conditions),
            ("search", 14, self._search),
            ("search everywhere", 4, self._look(f"/search/?q={self._word()}")),
            ("detail", 20, self._detail),
            ("tab", 10, self._tab),
            ("options", 4, self._options),
        )
        weights = [weight for _name, weight, _click in kinds]
        name, _weight, click = self.random.choices(kinds, weights)[0]
        return name, click

    def _look(self, path):
        return lambda: self.browser.get(path)

    def _word(self):
        return quote(self.random.choice(SOUGHT))

    def _list(self):
        path = self.random.choice(("/customers/", "/customers/", *self._tabs()))
        self.browser.get(f"{path}?page=2" if self._next_page(path) else path)
        self._note_customers()

    def _next_page(self, path):
        return self.browser.place == path and f"{path}?page=2" in self.browser.page

    def _conditions(self):
        state, order = self.random.choice(STATES), self.random.choice(ORDERS)
        self.browser.get(f"/customers/?status={state}&sort={order}")
        self._note_customers()

    def _search(self):
        self.browser.get(f"/customers/?q={self._word()}")
        self._note_customers()

    def _detail(self):
        self.browser.get(f"/customers/{self._customer()}/")

    def _tab(self):
        tab = self.random.choice(self._tabs())
        self.browser.get(f"{tab}?customer={self._customer()}")

    def _tabs(self):
        contracts = () if self.role == "researcher" else ("/contracts/",)
        return "/interactions/", "/contacts/", *contracts

    def _options(self):
        # A lookup answers JSON: it is no page, and the one on show stays.
        page, place = self.browser.page, self.browser.place
        self.browser.get(f"/options/customers.customer/?q={self._word()}")
        self.browser.page, self.browser.place = page, place

    def _customer(self):
        """Return the id of a customer seen before; look for some if there is none."""
        if not self.customers:
            self.browser.get("/customers/")
            self._note_customers()
        self._expect(self.customers, "sees no customers")
        return self.random.choice(self.customers)

    def _note_customers(self):
        if self.browser.place.startswith("/customers/"):
            found = self.browser.links(r"/customers/(\d+)/")
            self.customers = [*found, *self.customers][:50]

    # --- Writing --------------------------------------------------------------------

    def write(self):
        """Yield the clicks of writing something that the role may write."""
        kind = self.random.choice(ROLES[self.role][1])
        if kind == "register":
            yield from self._register()
        elif kind == "edit":
            yield from self._edit()
        else:
            yield from self._interaction()

    def _interaction(self):
        form = "/interactions/add/?customer="
        yield "form", lambda: self.browser.get(f"{form}{self._customer()}")
        fields = self.browser.form('id="record-form"')
        methods = self._choices("method")
        chosen = {"method": self.random.choice(methods), "subject": self._subject()}
        yield "new interaction", lambda: self._save(fields | chosen)

    def _edit(self):
        yield "detail", self._detail
        if edit := self.browser.links(r"(/customers/\d+/edit/)"):
            yield "form", lambda: self.browser.get(edit[0])
            fields = self.browser.form('id="record-form"')
            chosen = {"remarks": self._subject()}
            yield "edited customer", lambda: self._save(fields | chosen)

    def _register(self):
        yield "inbox", lambda: self.browser.get("/system/inbox/")
        # Anywhere on the page: colleagues start at the top as well.
        waiting = self.browser.links(r"(/[a-z]+/\d+/)")
        if not waiting:
            return
        yield "detail", lambda: self.browser.get(self.random.choice(waiting))
        if 'registration/"' in self.browser.page:
            yield "verb: register", self._send_registration

    def _send_registration(self):
        fields = self.browser.form('registration/"')
        action = self.browser.page.partition('registration/"')[0].rpartition('"')[2]
        self.browser.post(f"{action}registration/", fields)

    def _save(self, fields):
        self.browser.post(self.browser.place, fields | {"save": "1"})
        self._expect('id="record-form"' not in self.browser.page, "not saved")

    def _choices(self, name):
        select = self.browser.page.partition(f'<select name="{name}"')[2]
        options = select.partition("</select>")[0].split('<option value="')[1:]
        return [value for o in options if (value := o.partition('"')[0])]

    def _subject(self):
        return f"电话回访 {self.random.randrange(10**9)}"

    def _expect(self, right, otherwise):
        if not right:
            raise Failed(f"{self.name} {otherwise}: {self.browser.place}")
