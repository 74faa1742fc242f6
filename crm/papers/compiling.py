"""Setting papers: in a process of its own, which nobody waits for without end."""

import json
import struct
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore

import pylopdf_fonts_zh_cn
from django.conf import settings

COMPILER = Path(__file__).with_name("compiler.py")
FONTS = Path(pylopdf_fonts_zh_cn.__file__).parent
SHIPPED = settings.ROOT / "templates" / "papers"
#: What one paper may take: seconds of processor time, bytes of addresses, of the PDF.
SECONDS = 10
MEMORY = 1536 * 1024 * 1024
LARGEST = 20 * 1024 * 1024
#: Beside its processor time a process waits for others; then it is ended.
PATIENCE = 2
#: So many processes set papers for one server process at a time; who waits longer
#: than so many seconds for a place is told to come back.
AT_ONCE = 2
WAIT = 10
_places = BoundedSemaphore(AT_ONCE)
_HEAD = struct.Struct(">cQ")


class Refused(Exception):
    """A template could not be set: (message of the compiler, line, column).

    `line` is 0 where it is no line of the template. An empty message says that it took
    too much time, memory or paper.
    """

    def __init__(self, message="", line=0, column=0):
        super().__init__(message, line, column)
        self.message, self.line, self.column = message, line, column


class Busy(Exception):
    """As many papers are being set as the server can bear."""


def pdf_of(source, data):
    """Return one paper as PDF.

    Args:
        source: the template, in typst.
        data: what stands on the paper, as JSON can hold it.

    Raises:
        Refused: the template cannot be set.
        Busy: too many are being set just now.
    """
    if not _places.acquire(timeout=WAIT):
        raise Busy
    try:
        return pdfs_of(source, [data])[0]
    finally:
        _places.release()


def pdfs_of(source, papers):
    """Return several papers of one template as PDFs, set by one process.

    Args:
        source: the template, in typst.
        papers: the data of each.

    Raises:
        Refused: the template cannot be set.
    """
    seconds = SECONDS + len(papers)
    asked = {
        "source": source,
        "prelude": prelude(),
        "papers": [json.dumps(data, ensure_ascii=False) for data in papers],
        "fonts": str(FONTS),
        "seconds": seconds,
        "memory": MEMORY,
        "largest": LARGEST,
    }
    with tempfile.TemporaryDirectory(prefix="crm-paper-") as empty:
        try:
            done = subprocess.run(
                [sys.executable, "-I", str(COMPILER)],
                input=json.dumps(asked).encode(),
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=empty,
                env={},
                timeout=PATIENCE * seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise Refused from None
    found = list(_frames(done.stdout))
    if len(found) < len(papers):  # ended by the kernel, or by its own memory
        raise Refused
    return found


def _frames(answer):
    """Yield the PDFs of an answer.

    Raises:
        Refused: it tells of an error.
    """
    place = 0
    while place + _HEAD.size <= len(answer):
        sign, length = _HEAD.unpack_from(answer, place)
        place += _HEAD.size
        content = answer[place : place + length]
        if sign == b"E":
            raise Refused(**json.loads(content))
        place += length
        yield content


@cache
def prelude():
    """Return what stands before every template: fonts, head and foot, helpers."""
    return (SHIPPED / "prelude.typ").read_text(encoding="utf-8")


@cache
def shipped(slug):
    """Return the template that came with the program."""
    return (SHIPPED / f"{slug}.typ").read_text(encoding="utf-8")
