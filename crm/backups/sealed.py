"""A backup that only who knows its passphrase can read: AES-256-GCM, piece by piece.

Every piece is authenticated with its place and with whether it is the last one: none
can be changed, left out, repeated or put elsewhere. The passphrase is stretched by
scrypt with a salt of the file's own, and kept nowhere.
"""

import io
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from crm.backups.refusals import Refused

#: What such a file begins with.
SIGN = b"crm-backup-encrypted-1\n"
SALT, PREFIX, TAG = 16, 7, 16
HEAD = len(SIGN) + SALT + PREFIX
PIECE = 2**20
#: 64 MB of memory and a quarter of a second for each guess.
EFFORT = {"length": 32, "n": 2**16, "r": 8, "p": 1}


def key_of(passphrase, salt):
    """Return the key that a passphrase is stretched to."""
    return AESGCM(Scrypt(salt=salt, **EFFORT).derive(passphrase.encode()))


def nonce(prefix, place, *, last):
    """Return the nonce of a piece: no other one of the file has it."""
    return prefix + place.to_bytes(4, "big") + bytes([last])


class Writing(io.RawIOBase):
    """Encrypts what is written to it, and writes that to another file."""

    def __init__(self, file, passphrase):
        self.file, self.place, self.kept = file, 0, bytearray()
        salt, self.prefix = secrets.token_bytes(SALT), secrets.token_bytes(PREFIX)
        self.key = key_of(passphrase, salt)
        file.write(SIGN + salt + self.prefix)

    def writable(self):
        """Say that it can be written to."""
        return True

    def write(self, data):
        """Take a piece; the last whole one waits, for it may be the last of all."""
        self.kept += data
        while len(self.kept) > PIECE:
            self._put(bytes(self.kept[:PIECE]), last=False)
            del self.kept[:PIECE]
        return len(data)

    def finish(self):
        """Write the last piece."""
        self._put(bytes(self.kept), last=True)

    def _put(self, data, *, last):
        how = nonce(self.prefix, self.place, last=last)
        self.file.write(self.key.encrypt(how, data, None))
        self.place += 1


class Reading(io.RawIOBase):
    """Reads what `Writing` wrote, from a file that stands at its beginning.

    Raises:
        Refused: the passphrase is another one.
    """

    def __init__(self, file, passphrase):
        head = file.read(HEAD)
        salt, self.prefix = head[len(SIGN) : -PREFIX], head[-PREFIX:]
        self.file, self.place, self.kept = file, 0, b""
        self.key = key_of(passphrase, salt)
        self.next = file.read(PIECE + TAG)

    def readable(self):
        """Say that it can be read."""
        return True

    def readinto(self, buffer):
        """Read a piece."""
        if not self.kept and self.next:
            self.kept = self._piece()
        data = self.kept[: len(buffer)]
        buffer[: len(data)] = data
        self.kept = self.kept[len(data) :]
        return len(data)

    def _piece(self):
        data, self.next = self.next, self.file.read(PIECE + TAG)
        how = nonce(self.prefix, self.place, last=not self.next)
        self.place += 1
        try:
            return self.key.decrypt(how, data, None)
        except InvalidTag as error:
            raise Refused("wrong_key") from error
