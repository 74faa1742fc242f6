"""A browser without a screen: cookies, one kept connection, forms, redirects."""

import re
import ssl
from collections import Counter
from contextlib import nullcontext
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPSConnection, RemoteDisconnected
from http.cookies import SimpleCookie
from threading import Lock
from urllib.parse import urlencode, urljoin, urlsplit

PATIENCE = 30  # seconds; whoever waits longer has seen an error
MOST_REDIRECTS = 5
FORM = "application/x-www-form-urlencoded"
TOKEN = re.compile('name="csrfmiddlewaretoken" value="([^"]+)"')


class Failed(Exception):
    """The person saw an error page, or none at all."""


TRUSTING = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # sites are our own, made for a test
TRUSTING.check_hostname, TRUSTING.verify_mode = False, ssl.CERT_NONE


class Browser:
    """One person's browser; `page` is the text and `place` the address it shows."""

    def __init__(self, where, *, source="127.0.0.1", site=None, patience=PATIENCE):
        """Take (host, port), from which address to come, and the name of a TLS site."""
        self.where, self.source, self.patience = where, source, patience
        scheme, host = ("https", site) if site else ("http", where[0])
        self.host, self.secure = f"{host}:{where[1]}", bool(site)
        self.origin = f"{scheme}://{self.host}"
        self.connection, self.cookies = None, {}
        self.sending = Lock()  # held while a form is under way
        self.page, self.place = "", "/"
        self.counts = Counter()

    def get(self, path):
        """Go to a page."""
        return self._go("GET", urljoin(self.place, path), None)

    def post(self, path, fields):
        """Send a form."""
        return self.send(path, urlencode(fields, True), FORM)

    def send(self, path, body, kind):
        """Send a form that is encoded already."""
        return self._go("POST", urljoin(self.place, path), body, kind)

    @property
    def requests(self):
        """How many requests were sent so far."""
        return self.counts["GET"] + self.counts["POST"]

    @property
    def token(self):
        """The token of the forms of the page on show."""
        found = TOKEN.search(self.page)
        return found[1] if found else ""

    def form(self, mark):
        """Return the fields of the form whose tag holds `mark`, as they stand."""
        start = self.page.find("<form", self.page.find(mark) - 200)
        end = self.page.find("</form>", start)
        if start < 0 or end < 0:
            raise Failed(f"no form {mark} at {self.place}")
        reader = FormReader()
        reader.feed(self.page[start:end])
        return reader.fields

    def links(self, pattern):
        """Return what the links of the page name: all groups of the pattern."""
        return re.findall(f'href="{pattern}"', self.page)

    def _go(self, method, path, body, kind=None):
        for _ in range(MOST_REDIRECTS):
            status, headers, text = self._ask(method, path, body, kind)
            if status not in (301, 302, 303):
                break
            target = urlsplit(urljoin(path, headers["Location"]))
            path = target.path + (f"?{target.query}" if target.query else "")
            method, body = "GET", None
        if status != 200:
            raise Failed(f"{status} {method} {path}")
        self.page, self.place = text, path
        return text

    def _ask(self, method, path, body, kind):
        """Send one request; once more if a kept connection turns out to be closed."""
        kept = self.connection is not None
        try:
            return self._send(method, path, body, kind)
        except (RemoteDisconnected, ConnectionError):
            self.close()
            if not kept:
                raise
            self.counts["resent"] += 1
            return self._send(method, path, body, kind)
        except Exception:
            self.close()
            raise

    def _send(self, method, path, body, kind):
        if self.connection is None:
            made = HTTPSConnection if self.secure else HTTPConnection
            options = {"context": TRUSTING} if self.secure else {}
            self.connection = made(
                *self.where,
                timeout=self.patience,
                source_address=(self.source, 0),
                **options,
            )
            self.counts["connections"] += 1
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Host": self.host, "Cookie": cookies}
        if body is not None:
            headers["Content-Type"] = kind
            headers |= {"Origin": self.origin, "Referer": f"{self.origin}{self.place}"}
        with self.sending if method == "POST" else nullcontext():
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
            text = answer.read().decode()
        self.counts[method] += 1
        for cookie in answer.headers.get_all("Set-Cookie", ()):
            for name, morsel in SimpleCookie(cookie).items():
                self.cookies[name] = morsel.value
                if morsel["max-age"] == "0" or not morsel.value:
                    del self.cookies[name]
        if answer.will_close:
            self.close()
        return answer.status, answer.headers, text

    def close(self):
        """Let the connection go."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None


class FormReader(HTMLParser):
    """Reads the fields of a form as a browser would send them back."""

    def __init__(self):
        """Begin without fields."""
        super().__init__()
        self.fields, self.select, self.text = {}, None, None

    def handle_starttag(self, tag, attrs):
        """Note a field, or the choice of a select."""
        given = dict(attrs)
        if tag == "input" and "name" in given and given.get("type") != "submit":
            ticks = given.get("type") in ("checkbox", "radio")
            if not ticks or "checked" in given:
                self._add(given["name"], given.get("value", "on" if ticks else ""))
        elif tag == "select":
            self.select = given.get("name")
        elif tag == "option" and self.select and "selected" in given:
            self._add(self.select, given.get("value", ""))
        elif tag == "textarea":
            self.text = given.get("name")

    def handle_endtag(self, tag):
        """Leave a select or a text."""
        if tag == "select":
            self.select = None
        elif tag == "textarea":
            self.text = None

    def handle_data(self, data):
        """Note the text of a textarea."""
        if self.text:
            self._add(self.text, data.removeprefix("\n"))
            self.text = None

    def _add(self, name, value):
        self.fields.setdefault(name, []).append(value)
