"""The first command builds its environment, and only when it has to."""

import hashlib
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import bootstrap

pytestmark = pytest.mark.installation

ROOT = Path(__file__).resolve().parents[2]
MODULES = (
    "django",
    "django_tasks_db",
    "psycopg2",
    "pgtrigger",
    "allauth",
    "gunicorn",
    "pytest_django",
)
MANAGE = """
import sys, bootstrap
bootstrap.enter(sys.argv[1:])
print(sys.prefix, *sys.argv[1:])
"""


@pytest.fixture
def project(tmp_path):
    """Return a project whose only dependency lies beside it."""
    place = tmp_path / "客户 资源"
    place.mkdir()
    shutil.copy(ROOT / "bootstrap.py", place)
    (place / "manage.py").write_text(MANAGE)
    lock(place, "1.0")
    return place


def lock(place: Path, version: str, digest: str = "") -> None:
    """Write a wheel of stand-ins for all dependencies, and locks that name it."""
    wheel = place / f"stand_in-{version}-py3-none-any.whl"
    info = f"stand_in-{version}.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        for module in MODULES:
            archive.writestr(f"{module}.py", "")
        archive.writestr(
            f"{info}/METADATA",
            f"Metadata-Version: 2.1\nName: stand-in\nVersion: {version}\n",
        )
        archive.writestr(
            f"{info}/WHEEL",
            "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        archive.writestr(f"{info}/RECORD", "")
    digest = digest or hashlib.sha256(wheel.read_bytes()).hexdigest()
    for name in ("requirements.lock", "requirements-dev.lock"):
        (place / name).write_text(f"./{wheel.name} --hash=sha256:{digest}\n")


def run(place: Path, *arguments: str) -> subprocess.CompletedProcess:
    """Run the project's manage.py with a Python that has no dependency."""
    python = getattr(sys, "_base_executable", sys.executable)
    return subprocess.run(
        [python, "-S", str(place / "manage.py"), *arguments],
        cwd=place,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_it_builds_once_and_again_when_the_lock_changes(project):
    first = run(project, "serve", "--help")
    assert first.stdout.strip() == f"{project / '.venv'} serve --help", first.stderr
    assert "preparing" in first.stderr

    second = run(project, "test")
    assert second.stdout.strip() == f"{project / '.venv'} test"
    assert "preparing" in second.stderr  # the tools of the tests come on their own
    assert "preparing" not in run(project, "serve").stderr

    lock(project, "2.0")
    assert "preparing" in run(project, "serve").stderr
    assert "preparing" not in run(project, "serve").stderr


def test_a_broken_environment_is_built_anew(project):
    run(project, "serve")
    for module in (project / ".venv").rglob("gunicorn.py"):
        module.unlink()
    done = run(project, "serve")
    assert done.stdout.strip() == f"{project / '.venv'} serve", done.stderr


def test_a_package_that_is_not_the_locked_one_is_refused(project):
    lock(project, "1.1", digest="0" * 64)
    done = run(project, "serve")
    assert done.returncode == 1
    assert "could not be installed" in done.stderr
    assert not list((project / ".venv").glob(".*.sha256"))


def test_an_old_python_is_told_so_in_both_languages(monkeypatch):
    monkeypatch.setattr(bootstrap, "OLDEST", (99, 0))
    with pytest.raises(SystemExit, match=r"需要 Python .* / Python 3\.11 or newer"):
        bootstrap.enter(["serve"])


def test_debian_without_ensurepip_is_filled_by_its_own_pip(project, monkeypatch):
    tried = []

    def runs(*command):
        tried.append(command)
        return "--without-pip" in command or "--version" in command

    monkeypatch.setattr(bootstrap, "VENV", project / ".venv")
    monkeypatch.setattr(bootstrap, "_runs", runs)
    bootstrap._make_venv()
    assert [command for command in tried if "--without-pip" in command]
