"""A mail server for tests: it takes letters, refuses them, is slow, or hangs up."""

import email
import email.policy
import socketserver
import threading
from contextlib import contextmanager

#: How it may behave.
TAKES, REFUSES, REFUSES_SOME, HANGS_UP, IS_SLOW = range(5)
REFUSED = "550 5.1.1 no such mailbox"


class Server(socketserver.ThreadingTCPServer):
    """Listens on a free port of the loopback; `letters` is what it has taken."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, manners):
        super().__init__(("127.0.0.1", 0), Session)
        self.manners, self.letters, self.met = manners, [], 0
        self.over = threading.Event()

    @property
    def port(self):
        """Where it listens."""
        return self.server_address[1]


class Session(socketserver.StreamRequestHandler):
    """One conversation."""

    def handle(self):
        """Answer until the other side is done."""
        self.server.met += 1
        self.say("220 test")
        while line := self.rfile.readline().decode().strip():
            if not self.answered(line):
                return

    def say(self, text):
        """Send a line."""
        self.wfile.write(f"{text}\r\n".encode())

    def answered(self, line):
        """Answer a line; return whether the conversation goes on."""
        word, manners = line.split()[0].upper(), self.server.manners
        if word == "DATA":
            return self.data()
        if word == "RCPT" and (
            manners == REFUSES or (manners == REFUSES_SOME and "nobody@" in line)
        ):
            self.say(REFUSED)
            return True
        if word == "QUIT":
            self.say("221 bye")
            return False
        self.say("250 ok")
        return True

    def data(self):
        """Take a letter, or behave badly."""
        if self.server.manners == HANGS_UP:
            return False
        if self.server.manners == IS_SLOW:
            self.server.over.wait(30)  # longer than anybody waits
            return False
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        policy = email.policy.default
        self.server.letters.append(
            email.message_from_bytes(b"".join(lines), policy=policy)
        )
        self.say("250 taken")
        return True


@contextmanager
def mail_server(settings, manners=TAKES):
    """Run a mail server and let the program know of it."""
    with Server(manners) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_TIMEOUT = 5
        settings.DEFAULT_FROM_EMAIL = "crm@example.com"
        try:
            yield server
        finally:
            server.over.set()
            server.shutdown()
            thread.join()
