"""What a feed says: RSS 0.9 to 2.0 and Atom, as plain texts.

By expat, which reads 2 MB in a moment; entities of a document's own are refused, so
nothing grows while it is read and nothing else is fetched. The packages for feeds mend
what is broken, and take a minute for as much.
"""

import codecs
import re
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from hashlib import sha256
from html import unescape
from urllib.parse import urljoin
from xml.parsers import expat

from django.core.exceptions import ValidationError
from django.utils import timezone

from competitors.feeds.trouble import Trouble, Unread
from competitors.models import FeedEntry
from crm.text import clean
from crm.validators import EARLIEST, validate_http_url

#: Of a text that is longer nobody reads more in a summary.
MOST_SIGNS = 20_000
SUMMARY = 1_000
ATOM = "http://www.w3.org/2005/Atom"
DATES = "http://purl.org/dc/elements/1.1/"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
BASE = "http://www.w3.org/XML/1998/namespace base"
ABOUT = "http://www.w3.org/1999/02/22-rdf-syntax-ns# about"
#: Under which names feeds are written.
OWN = {
    "",
    ATOM,
    "http://purl.org/rss/1.0/",
    "http://my.netscape.com/rdf/simple/0.9/",
    "http://backend.userland.com/rss2",
}
ROOTS = {"rss", "RDF", "feed"}
ITEMS = {"item", "entry"}
#: {element: what it says of its entry}.
SAYS = {
    "title": "title",
    "link": "link",
    "guid": "guid",
    "id": "guid",
    "description": "summary",
    "summary": "summary",
    "content": "content",
    "pubDate": "published",
    "published": "published",
    "updated": "updated",
}
OTHERS = {(DATES, "date"): "updated", (CONTENT, "encoded"): "content"}
#: Encodings by the names that sites give them, each by that which holds it whole.
CODECS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "utf-8",
    "utf-16": "utf-16",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5hkscs",
    "iso-8859-1": "cp1252",
    "windows-1252": "cp1252",
    "shift_jis": "cp932",
    "euc-jp": "euc_jp",
    "euc-kr": "cp949",
}
DECLARED = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})")
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"))
BOMS += ((codecs.BOM_UTF16_BE, "utf-16"),)
#: Signs that no XML may hold and many feeds do.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
APART = {"br", "p", "div", "li", "tr", "td", "h1", "h2", "h3", "h4", "blockquote"}
HIDDEN = {"script", "style"}
TAG = re.compile(r"<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9]*|[!?])[^<>]*>")
#: Of addresses from which others are said.
LONGEST_BASE = 2_000


@dataclass(frozen=True)
class Item:
    """One entry of a feed; `day` is None where none is said that can be."""

    guid: str
    title: str
    link: str
    summary: str
    day: date | None


def parse(body, *, charset="", url=""):
    """Return [Item] of a feed, as it has them.

    Args:
        body: its bytes.
        charset: as its site named it.
        url: where it stands: its links may be said from there.

    Raises:
        Unread: it is none, or a broken one.
    """
    reader = _Reader(url)
    text = FORBIDDEN.sub("", _decoded(body, charset)).lstrip()
    parser = expat.ParserCreate("utf-8", " ")
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.say
    parser.EntityDeclHandler = _refuse
    try:
        parser.Parse(text.encode("utf-8", "ignore"), True)
    except (expat.ExpatError, ValueError) as error:
        raise Unread(Trouble.NO_FEED) from error
    return [item for item in map(_item_of, reader.entries) if item is not None]


def _refuse(*_declaration):
    raise Unread(Trouble.NO_FEED)


def _decoded(body, charset):
    """Return the text of a feed, by its mark, its site, its own word or as UTF-8."""
    marked = next((codec for mark, codec in BOMS if body.startswith(mark)), "")
    own = DECLARED.match(body[:400])
    said = (charset, own[1].decode("ascii", "ignore") if own else "")
    tried = [marked, *(CODECS.get(name.lower(), "") for name in said), "utf-8"]
    tried = [codec for codec in tried if codec]
    for codec in tried:
        try:
            return body.decode(codec)
        except UnicodeError:
            continue
    return body.decode(tried[0], "replace")


class _Reader:
    """Gathers {what: text} of each entry while expat goes through a feed."""

    def __init__(self, url):
        self.entries, self.entry, self.field = [], None, None
        self.depth, self.at, self.bases = 0, 0, [url]

    def start(self, name, given):
        """Begin an element."""
        space, _blank, local = name.rpartition(" ")
        self.depth += 1
        if self.depth == 1 and local not in ROOTS:
            raise Unread(Trouble.NO_FEED)
        base = _joined(self.bases[-1], given.get(BASE, ""))
        self.bases.append(base if len(base) <= LONGEST_BASE else self.bases[-1])
        if self.entry is None:
            if local in ITEMS and space in OWN:
                self.at = self.depth
                self.entry = {"guid": given.get(ABOUT, ""), "base": self.bases[-1]}
        elif self.depth == self.at + 1:
            self._begin(space, local, given)

    def _begin(self, space, local, given):
        """Begin what an entry says of itself."""
        what = SAYS.get(local) if space in OWN else OTHERS.get((space, local))
        if what == "link" and space == ATOM:
            if given.get("rel", "alternate") == "alternate":
                self.entry.setdefault("link", given.get("href", ""))
        elif what and not self.entry.get(what):
            is_plain = space == ATOM and given.get("type", "text") != "html"
            self.field, self.entry[what] = what, ""
            self.entry[f"{what} is plain"] = is_plain

    def say(self, text):
        """Take some text."""
        if self.field and len(self.entry[self.field]) < MOST_SIGNS:
            self.entry[self.field] += text

    def end(self, _name):
        """End an element."""
        if self.entry is not None:
            if self.depth == self.at + 1:
                self.field = None
            elif self.depth == self.at:
                self.entries.append(self.entry)
                self.entry = None
        self.depth -= 1
        self.bases.pop()


def _item_of(entry):
    """Return what an entry says; None if that is nothing at all."""
    summary = _plain(entry, "summary") or _plain(entry, "content")
    title = _plain(entry, "title") or summary
    if not title:
        return None
    guid = clean(entry.get("guid", ""))
    link = _link(entry["base"], entry.get("link") or guid)
    longest = FeedEntry._meta.get_field("guid").max_length
    name = guid or link or title
    if len(name) > longest:
        name = sha256(name.encode()).hexdigest()
    return Item(
        guid=name,
        title=_cut(title, FeedEntry._meta.get_field("title").max_length),
        link=link,
        summary="" if summary == title else _cut(summary, SUMMARY),
        day=_day(entry.get("published") or entry.get("updated") or ""),
    )


def _shown(text):
    """Return what a page shows of a piece of HTML, broken or not: each sign seen once.

    The standard library's parser takes seconds for some broken pieces, and fails of
    others.
    """
    pieces, hidden, at = [], "", 0
    for tag in TAG.finditer(text):
        name = tag["name"].lower()
        if not hidden:
            pieces.append(unescape(text[at : tag.start()]))
            pieces.append(" " if name in APART else "")
            hidden = name if name in HIDDEN and not tag["end"] else ""
        elif tag["end"] and name == hidden:
            hidden = ""
        at = tag.end()
    if not hidden:
        pieces.append(unescape(text[at:]))
    return "".join(pieces)


def _plain(entry, what):
    """Return what an entry says in one line of plain text."""
    text = entry.get(what, "")[:MOST_SIGNS]
    if text and not entry[f"{what} is plain"]:
        text = _shown(text)
    return " ".join(clean(text).split())


def _cut(text, most):
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _joined(base, address):
    try:
        return urljoin(base, address.strip()) if address else base
    except ValueError:
        return base


def _link(base, address):
    """Return a link as news may have it, "" for any other."""
    link = _joined(base, address) if address else ""
    longest = FeedEntry._meta.get_field("link").max_length
    try:
        validate_http_url(link)
    except (ValidationError, ValueError):
        return ""
    return link if len(link) <= longest else ""


def _day(text):
    """Return the day that is said here; None for none, one to come or of long ago."""
    text = text.strip()[:100]
    moment = None
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            moment = read(text)
            break
        except (TypeError, ValueError, IndexError, OverflowError):
            continue
    if moment is None:
        return None
    try:
        day = (moment if moment.tzinfo is None else timezone.localtime(moment)).date()
    except (OverflowError, ValueError):
        return None
    return day if EARLIEST <= day <= timezone.localdate() else None
