"""What may be concluded when no cluster is found: hardly ever that there was none.

An interrupted copy, a file system repaired after a crash or a volume that is not
mounted leave a place without a cluster where a company's data was. Only a place in
which nothing has ever run is filled.
"""

import re
import shutil
import tempfile
from pathlib import Path

from crm.running.localpg.account import Unavailable

#: Lies in a cluster from its making until the first start has prepared it.
UNUSED = "crm.unused"
#: What the first server that ran here has left beside its cluster.
TRACES = ("server.log", "holders.lock")
_MAKING = "making"
_PREPARED = re.compile(r"new-\w{8}")


def refuse_unless_new(home: Path, data: Path) -> None:
    """Raise Unavailable if anything says that a cluster has been here.

    Args:
        home: the directory of the cluster and of what belongs to it.
        data: the cluster's own directory, in which PG_VERSION is missing.
    """
    if data.is_symlink() and not data.exists():
        raise _unavailable(data, "指向不存在的位置", "points to nowhere")
    if data.exists() and not data.is_dir():
        raise _unavailable(data, "不是目录", "is no directory")
    found = sorted(path.name for path in data.iterdir()) if data.exists() else []
    if found:
        names = ", ".join(found[:5]) + (" …" if len(found) > 5 else "")
        raise _unavailable(
            data,
            f"不为空（{names}），却缺少 PG_VERSION",
            f"is not empty ({names}) and lacks PG_VERSION",
        )
    if any((home / trace).exists() for trace in TRACES):
        raise _unavailable(
            data,
            "是空的或不存在，但此处曾有数据库运行",
            "is empty or missing, though a database has run here",
        )


def place_to_prepare(home: Path) -> Path:
    """Return a new directory in `home`; the rest of an interrupted making goes.

    Only the directory that the interrupted start has noted as its own is removed.
    """
    note = home / _MAKING
    rest = note.read_text().strip() if note.exists() else ""
    if _PREPARED.fullmatch(rest):
        shutil.rmtree(home / rest, ignore_errors=True)
    # A name of its own: the initdb of a killed starter may still be at work, and
    # tidies up behind itself when it fails.
    new = Path(tempfile.mkdtemp(prefix="new-", dir=home))
    note.write_text(new.name)
    return new


def _unavailable(data: Path, found: str, found_in_english: str) -> Unavailable:
    return Unavailable(
        f"{data} {found}。为避免覆盖数据，程序没有改动任何文件。请恢复整个目录"
        f"（从 var/ 的副本，或按 README“升级与备份”用 manage.py restore 恢复备份）；"
        f"确实要从头开始时，请自行移走 {data.parent} / "
        f"{data} {found_in_english}. Nothing was changed, lest data be overwritten. "
        "Put the whole directory back from a copy of var/; or move "
        f"{data.parent} away yourself and begin with nothing, or with a backup, as "
        "README says under “Backup and restore”"
    )
