"""A site on the loopback that tells news, well or badly."""

import gzip
import threading
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

#: When the news of the site is of: lately, by Shanghai's clock a day later; long ago.
LATELY = (datetime.now(UTC) - timedelta(days=4)).replace(hour=23, minute=30)
LONG_AGO = LATELY - timedelta(days=100)
RSS = """<?xml version="1.0" encoding="{encoding}"?>
<rss version="2.0"><channel><title>行业网</title>
<item><title>新标准&amp;nbsp;&lt;b&gt;发布&lt;/b&gt;</title><link>/a/1?x=1&amp;y=2</link>
<guid isPermaLink="false">a-1</guid><pubDate>{lately}</pubDate>
<description><![CDATA[<p>第一段</p><p>第二段 &amp; 更多</p><script>alert(1)</script>]]>
</description></item>
<item><title>没有日期</title><link>javascript:alert(1)</link></item>
<item><title>很早以前</title><guid>a-3</guid>
<pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate></item>
<item><title>将来</title><guid>a-4</guid>
<pubDate>Fri, 01 Jan 2100 00:00:00 GMT</pubDate></item>
<item><title>上一季度</title><guid>a-5</guid><pubDate>{long_ago}</pubDate></item>
</channel></rss>"""
ATOM = """<?xml version="1.0"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://news.example/x/">
<title>Atom</title>
<entry><id>urn:1</id><title>a &lt;b&gt; c</title><link rel="self" href="self"/>
<link href="one.html"/><updated>{lately}</updated>
<summary type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Ein <b>Text</b></p>
</div></summary></entry></feed>"""
RDF = """<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://news.example/"><title>RDF</title></channel>
<item rdf:about="https://news.example/r1"><title>一</title>
<link>https://news.example/r1</link><dc:date>2026-11-24</dc:date></item></rdf:RDF>"""
BOMB = """<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>
<rss><channel><item><title>&c;</title></item></channel></rss>"""
OUTSIDE = """<?xml version="1.0"?><!DOCTYPE rss [
<!ENTITY a SYSTEM "file:///etc/passwd">]>
<rss><channel><item><title>&a;</title></item></channel></rss>"""


def rss(encoding="utf-8"):
    """Return a feed of five items as a text that names an encoding."""
    days = {
        "lately": format_datetime(LATELY),
        "long_ago": format_datetime(LONG_AGO),
    }
    return RSS.format(encoding=encoding, **days)


def many(number):
    """Return a feed of so many entries, the oldest first."""
    items = "".join(f"<item><title>第{n}条</title></item>" for n in range(number))
    return f"<rss><channel>{items}</channel></rss>"


class _Site(BaseHTTPRequestHandler):
    """Answers what the address asks for."""

    def do_GET(self):
        """Answer."""
        self.server.asked.append((self.path, dict(self.headers)))
        with suppress(OSError):
            getattr(self, self.path.strip("/").partition("/")[0], self.nothing)()

    def log_message(self, *_args):
        """Say nothing."""

    def send(self, body=b"", status=200, kind="application/xml", **headers):
        """Answer with a body."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def nothing(self):
        self.send(status=404)

    def rss(self):
        self.send(rss().encode())

    def gb18030(self):
        self.send(rss("gb2312").encode("gb18030"))

    def gb18030_by_header(self):
        body = rss().encode("gb18030")
        self.send(body, kind="text/xml; charset=GBK")

    def atom(self):
        self.send(ATOM.format(lately=LATELY.isoformat()).encode())

    def rdf(self):
        self.send(RDF.encode())

    def many(self):
        self.send(many(5_000).encode())

    def packed(self):
        body = gzip.compress(rss().encode())
        self.send(body, Content_Encoding="gzip")

    def gzip_bomb(self):
        self.send(gzip.compress(b" " * 50_000_000), Content_Encoding="gzip")

    def large(self):
        self.send(b" " * 10_000_000)

    def bomb(self):
        self.send(BOMB.encode())

    def outside(self):
        self.send(OUTSIDE.encode())

    def broken(self):
        self.send(b"<rss><channel><item>")

    def page(self):
        self.send(b"<html><head></head></html>", kind="text/html")

    def slow(self):
        self.server.let_go.wait(timeout=20)

    def dripping(self):
        self.send_response(200)
        for number in range(200):
            self.send_header(f"X-{number}", "x")
            self.flush_headers()
            if self.server.let_go.wait(timeout=0.05):
                return

    def known(self):
        if self.headers.get("If-None-Match") == '"v1"':
            self.send(status=304)
        else:
            body = rss().encode()
            self.send(body, ETag='"v1"', Last_Modified="Wed, 25 Nov 2026 00:00:00 GMT")

    def away(self):
        self.send(status=302, Location="/rss/")

    def round(self):
        self.send(status=302, Location="/round/")

    def to(self):
        self.send(status=302, Location=self.path.removeprefix("/to/"))


@contextmanager
def site():
    """Serve it on the loopback; it has `host`, and `asked`, what was asked of it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    server.asked, server.let_go = [], threading.Event()
    server.host = f"127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.let_go.set()
        server.shutdown()
        thread.join()
        server.server_close()
