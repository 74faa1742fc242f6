"""A connection whose slowness costs no thread: requests come in, answers go out."""

import re
import select
import socket
import time
from tempfile import SpooledTemporaryFile

#: Of a request or an answer, in memory; more lies in a temporary file.
IN_MEMORY = 256 * 1024
PIECE = 64 * 1024
#: More than gunicorn takes: it says so itself.
LONGEST_HEAD = 1024 * 1024
#: Seconds for which a thread waits for what should have been there.
PATIENCE = 10
#: Seconds between two looks at whether the network takes more while an answer is made.
PAUSE = 0.1
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_LENGTH = re.compile(rb"(?im)^content-length:[ \t]*([0-9]{1,15})[ \t]*\r?$")
_CHUNKED = re.compile(rb"(?im)^transfer-encoding:")
_EXPECTS = re.compile(rb"(?im)^expect:[ \t]*100-continue")


class Incoming:
    """One request as far as it has come.

    `length` is that of its body, None while its head is not complete.
    """

    def __init__(self):
        """Wait for a head."""
        self.file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - until it is read
        self.head, self.size, self.length = bytearray(), 0, None
        self.chunked = self.expects = False
        self.tail = b""

    def add(self, data):
        """Take what has come."""
        self.file.write(data)
        self.size += len(data)
        self.tail = (self.tail + data)[-8:]
        if self.length is None:
            self.head += data
            self._look_at_head()

    def _look_at_head(self):
        end = self.head.find(b"\r\n\r\n")
        if end < 0 and len(self.head) <= LONGEST_HEAD:
            return
        head = bytes(self.head[: end + 4] if end >= 0 else self.head)
        lengths = _LENGTH.findall(head)
        self.chunked = bool(_CHUNKED.search(head)) and not lengths
        self.expects = bool(_EXPECTS.search(head))
        # Two lengths, or a length and pieces: gunicorn refuses the head alone.
        whole = len(lengths) == 1 and not _CHUNKED.search(head)
        self.length = int(lengths[0]) if whole else 0
        self.head = head

    @property
    def is_complete(self):
        """Whether a thread can read it to its end without waiting."""
        if self.length is None:
            return False
        if self.chunked:
            return self.tail.endswith(b"0\r\n\r\n")
        return self.size >= len(self.head) + self.length


class Connection(socket.socket):
    """A socket that is read before a thread looks at it, and written behind its back.

    The server's loop calls `gather` and `flush`, which never wait. The thread calls
    `recv` and `sendall` as of any socket.
    """

    def __init__(self, accepted):
        """Take over an accepted socket."""
        super().__init__(fileno=accepted.detach())
        super().setblocking(False)
        self.incoming = Incoming()
        self.outgoing = None
        self.put = self.sent = 0
        self.tried = 0.0

    def gather(self):
        """Take what has come; return False when the other side has gone."""
        try:
            data = super().recv(PIECE)
        except BlockingIOError:
            return True
        except OSError:
            return False
        had_head = self.incoming.length is not None
        self.incoming.add(data)
        if self.incoming.expects and not had_head and not self.incoming.is_complete:
            self.sendall(CONTINUE)
        return bool(data)

    def await_next(self):
        """Begin with the next request of a connection that is kept."""
        self.incoming.file.close()
        self.incoming = Incoming()

    def discard(self):
        """Take what has come for nothing; return False when the other side has gone."""
        try:
            return bool(super().recv(PIECE))
        except BlockingIOError:
            return True
        except OSError:
            return False

    def hand_over(self):
        """Let the thread read the request from its beginning."""
        self.incoming.file.seek(0)

    def recv(self, size, flags=0):
        """Return what was gathered; wait shortly for more if that was all.

        Raises:
            TimeoutError: nothing more came in time.
        """
        gathered = self.incoming.file.read(size)
        if gathered:
            return gathered
        waiting = select.poll()
        waiting.register(self, select.POLLIN)
        if not waiting.poll(PATIENCE * 1000):
            raise TimeoutError
        return super().recv(size, flags)

    def setblocking(self, flag):
        """Never block: Python would wait before sending, whatever it is told."""
        super().setblocking(False)

    def sendall(self, data, flags=0):
        """Send what the network takes now, and keep the rest for `flush`."""
        if not self.put or time.monotonic() > self.tried + PAUSE:
            self.tried = time.monotonic()
            if self.flush():
                data = data[self._send_now(data) :]
        if data:
            if self.outgoing is None:
                self.outgoing = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - kept
            self.outgoing.seek(self.put)
            self.put += self.outgoing.write(data)

    def flush(self):
        """Send of what is kept as much as goes; return whether nothing is left.

        Raises:
            OSError: the other side has gone.
        """
        while self.sent < self.put:
            self.outgoing.seek(self.sent)
            data = self.outgoing.read(PIECE)
            gone = self._send_now(data)
            self.sent += gone
            if gone < len(data):
                return False
        if self.put:
            self.outgoing.close()
            self.outgoing, self.put, self.sent = None, 0, 0
        return True

    def _send_now(self, data):
        """Return how many bytes the network took."""
        gone = 0
        while gone < len(data):
            try:
                gone += self.send(data[gone : gone + PIECE])
            except BlockingIOError:
                break
        return gone

    def close(self):
        """Forget what was kept, too."""
        self.incoming.file.close()
        if self.outgoing is not None:
            self.outgoing.close()
        super().close()
