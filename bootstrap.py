"""Makes `.venv` from the hashed lock and hands over to it. Standard library only.

A Python that has the dependencies already (a container, one's own environment) is
left alone; everybody else gets `.venv` beside manage.py, made again when the lock
changes. Syntax and imports stay readable for Python 3.6, which must be able to say
that it is too old.
"""

import contextlib
import hashlib
import os
import subprocess
import sys
from importlib import util
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
RUNTIME = ROOT / "requirements.lock"
DEVELOPMENT = ROOT / "requirements-dev.lock"  # holds RUNTIME as well
OLDEST = (3, 11)


class Failed(Exception):
    """The environment cannot be made; the text says why."""


def enter(arguments):
    """Return in a Python that has the dependencies; fetch and start one if need be."""
    if sys.version_info < OLDEST:
        sys.exit(
            "需要 Python 3.11 或更高版本 / Python 3.11 or newer is needed, this is "
            + sys.version.split()[0]
        )
    lock, modules = _wanted(arguments)
    inside = Path(sys.prefix).resolve() == VENV.resolve()
    just_built = os.environ.pop("CRM_BOOTSTRAPPED", "")
    if _has(modules) and (not inside or _is_current(lock)):
        return
    if just_built:
        sys.exit(
            "新建的 .venv 仍不可用，请删除后重试 / the new .venv does not work: "
            "remove it and try again"
        )
    try:
        with _alone():
            if inside or not _is_current(lock):
                _build(lock)
                os.environ["CRM_BOOTSTRAPPED"] = "1"
    except Failed as failure:
        sys.exit(str(failure))
    command = [str(PYTHON), str(ROOT / "manage.py"), *arguments]
    os.execv(command[0], command)  # noqa: S606 - no shell is wanted


def _wanted(arguments):
    """Return the lock and the modules that tell whether an environment will do."""
    runtime = [
        "django",
        "django_tasks_db",
        "psycopg2",
        "pgtrigger",
        "allauth",
        "gunicorn",
    ]
    if arguments[:1] == ["test"]:
        return DEVELOPMENT, [*runtime, "pytest_django"]
    return RUNTIME, runtime


def _has(modules):
    return all(util.find_spec(module) for module in modules)


def _is_current(lock):
    """Tell whether `.venv` was built completely from this lock."""
    try:
        return PYTHON.exists() and _stamp(lock).read_text() == _digest(lock)
    except OSError:
        return False


def _stamp(lock):
    return VENV / ("." + lock.name + ".sha256")


def _digest(lock):
    return hashlib.sha256(lock.read_bytes()).hexdigest()


@contextlib.contextmanager
def _alone():
    """Let one process build while the others wait for it."""
    # Not on Windows, which the program does not support, and says so here.
    try:
        import fcntl
    except ImportError:
        raise Failed(
            "仅支持 Linux 和 macOS / only Linux and macOS are supported"
        ) from None
    with (ROOT / ".venv.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _build(lock):
    sys.stderr.write(
        "正在准备 Python 环境（仅首次，约半分钟） / "
        "preparing the Python environment (first time only, about half a minute) …\n"
    )
    # One that is stamped as complete and still does not do was made by a Python that
    # has been replaced since.
    if _is_current(lock) or not _runs(str(PYTHON), "-c", ""):
        _make_venv()
    pip = [str(PYTHON), "-m", "pip"]
    if not _runs(*pip, "--version"):
        pip = [_base(), "-m", "pip", "--python", str(PYTHON)]
    command = [*pip, "install", "-qq", "--disable-pip-version-check"]
    command += ["--require-hashes", "-r", str(lock)]
    if subprocess.call(command, stdout=sys.stderr):
        raise Failed(
            "依赖安装失败，请检查网络后重试 / the dependencies could not be installed: "
            "check the network and try again"
        )
    for done in {lock, RUNTIME}:
        _stamp(done).write_text(_digest(done))


def _make_venv():
    # Debian splits ensurepip off into python3-venv: without it the environment is
    # made without pip, and the host's own pip fills it.
    if _runs(_base(), "-m", "venv", "--clear", str(VENV)):
        return
    if _runs(_base(), "-m", "venv", "--clear", "--without-pip", str(VENV)) and _runs(
        _base(), "-m", "pip", "--version"
    ):
        return
    raise Failed(
        "无法创建虚拟环境，请先安装 venv 和 pip（Debian: apt install python3-venv） / "
        "cannot make a virtual environment: install venv and pip first "
        "(Debian: apt install python3-venv)"
    )


def _base():
    """Return the Python that environments are made from, not one made already."""
    return getattr(sys, "_base_executable", None) or sys.executable


def _runs(*command):
    try:
        return not subprocess.call(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
    except OSError:
        return False
