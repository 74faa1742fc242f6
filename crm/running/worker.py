"""gunicorn's threaded worker, in which nobody waits for a slow client.

gunicorn gives a thread to whoever connects: fifty browsers that connect ahead and
stay silent, or ten downloads that nobody reads, stand everybody else still. Here the
loop of the worker itself takes in whole requests and sends the ends of long answers;
threads only ever work.
"""

import errno
import re
import socket
import time
from functools import partial
from selectors import EVENT_READ, EVENT_WRITE

from django.conf import settings
from gunicorn.http.errors import InvalidHeader
from gunicorn.workers.gthread import TConn, ThreadWorker

from crm.running.connections import Connection

#: Seconds for the head of a request; a body and an answer have some more, and then
#: must move on at this many bytes in a second.
FOR_HEAD, FOR_BODY, STALLED, LINGER = 10, 30, 60, 2
SLOWEST = 10_000
LARGEST_PORT = 65_535
_PORT = re.compile(r":([0-9]{1,10})$")
LARGEST = 5 * settings.CRM_MAX_UPLOAD_BYTES
HEADERS = (
    "Connection: close\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n"
    "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'; "
    "base-uri 'none'; form-action 'none'\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "X-Frame-Options: DENY\r\n"
    "Referrer-Policy: same-origin\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n"
    "Cache-Control: private, no-store\r\n"
)


class Worker(ThreadWorker):
    """Gathers requests, hands them to threads, sends what they leave behind."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        #: {connection: when it is closed} of all that the loop waits for.
        self.awaited = {}
        self.looked = 0.0

    def accept(self, listener):
        """Take a connection and wait for its request, without a thread."""
        try:
            accepted, client = listener.accept()
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.ECONNABORTED):
                raise
            return
        self.nr_conns += 1
        place = listener.getsockname()
        conn = TConn(self.cfg, Connection(accepted), client, place)
        conn.data_ready = True  # whenever a thread gets to see it
        self._await(conn, EVENT_READ, self._gather, FOR_HEAD)

    def on_client_socket_readable(self, conn, client):
        """Gather the next request of a connection that was kept."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        conn.sock.await_next()
        self._await(conn, EVENT_READ, self._gather, FOR_HEAD)
        self._gather(conn)

    def _gather(self, conn, _sock=None):
        """Take what has come; hand the request over when it is whole."""
        incoming = conn.sock.incoming
        had_head = incoming.length is not None
        if not conn.sock.gather():
            self._drop(conn)
        elif incoming.is_complete:
            self._leave(conn)
            conn.sock.hand_over()
            self.enqueue_req(conn)
        elif max(incoming.length or 0, incoming.size) > LARGEST:
            self._refuse(conn, "413 Content Too Large")
        elif not had_head and incoming.length is not None:
            seconds = FOR_BODY + incoming.length / SLOWEST
            self.awaited[conn] = time.monotonic() + seconds

    def finish_request(self, conn, fs):
        """Send what is left of the answer before anything else."""
        try:
            sent = conn.sock.flush()
        except OSError:
            self.nr_conns -= 1
            conn.close()
            return
        if sent:
            self._finish(conn, fs)
        else:
            drain = partial(self._drain, fs)
            self._await(conn, EVENT_WRITE, drain, STALLED)

    def _drain(self, fs, conn, _sock):
        """Go on sending; every piece that goes gives the next one its time."""
        before = conn.sock.sent
        try:
            done = conn.sock.flush()
        except OSError:
            self._drop(conn)
            return
        if done:
            self._leave(conn)
            self._finish(conn, fs)
        elif conn.sock.sent > before:
            self.awaited[conn] = time.monotonic() + STALLED

    def _finish(self, conn, fs):
        """Keep the connection, or close it without waiting for the other side."""
        if not fs.cancelled() and fs.exception() is None and fs.result():
            super().finish_request(conn, fs)
            return
        self._part(conn)

    def _part(self, conn):
        """Say that nothing more comes, and listen a moment lest the end be lost."""
        try:
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self.nr_conns -= 1
            conn.close()
            return
        self._await(conn, EVENT_READ, self._linger, LINGER)

    def _linger(self, conn, _sock):
        if not conn.sock.discard():
            self._drop(conn)

    def _refuse(self, conn, status):
        """Answer what no thread need look at."""
        self._leave(conn)
        conn.sock.sendall(refusal(status))
        self._part(conn)

    def murder_pending(self):
        """Close what has waited too long; when stopping, whoever has said nothing."""
        super().murder_pending()
        now = time.monotonic()
        if self.alive and now - self.looked < 0.5:
            return
        self.looked = now
        for conn, end in list(self.awaited.items()):
            silent = not self.alive and not conn.sock.incoming.size
            if now > end or silent:
                self._drop(conn)

    def is_parent_alive(self):
        """Leave the port at once when the server was killed: another may start."""
        if super().is_parent_alive():
            return True
        self.alive = False
        self.set_accept_enabled(False)
        for listener in self.sockets:
            listener.close()
        self.sockets = []
        return False

    def _await(self, conn, event, then, seconds):
        """Have the loop call `then(conn, socket)`, for so many seconds at most."""
        self.poller.register(conn.sock, event, partial(then, conn))
        self.awaited[conn] = time.monotonic() + seconds

    def _leave(self, conn):
        self.poller.unregister(conn.sock)
        del self.awaited[conn]

    def _drop(self, conn):
        self._leave(conn)
        self.nr_conns -= 1
        conn.close()

    def handle_request(self, req, conn):
        """Answer, if the request says which host it wants: one that there can be.

        Raises:
            InvalidHeader: it does not; gunicorn answers 400.
        """
        hosts = [value for name, value in req.headers if name == "HOST"]
        if req.version >= (1, 1) and not hosts:
            raise InvalidHeader("Host", req=req)
        for host in hosts:
            port = _PORT.search(host)
            if port and int(port[1]) > LARGEST_PORT:
                raise InvalidHeader("Host", req=req)
        return super().handle_request(req, conn)

    def handle_error(self, req, client, addr, exc):
        """Answer what gunicorn refuses with its status and our headers."""
        reply = _Reply()
        super().handle_error(req, reply, addr, exc)
        status = reply.answer.partition(b"\r\n")[0].decode("latin-1")
        client.sendall(refusal(status.removeprefix("HTTP/1.1 ") or "400 Bad Request"))


class _Reply:
    """Stands for the socket where gunicorn writes its own page."""

    answer = b""

    def gettimeout(self):
        """Return that it never waits."""
        return 0.0

    def sendall(self, data):
        """Keep it."""
        self.answer += data


def refusal(status):
    """Return a whole answer that says no more than its status."""
    body = f"{status}\n".encode()
    head = f"HTTP/1.1 {status}\r\n{HEADERS}Content-Length: {len(body)}\r\n\r\n"
    return head.encode() + body
