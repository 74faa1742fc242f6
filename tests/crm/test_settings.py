"""Settings from the environment, and what they refuse."""

import json
import os
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db.backends.postgresql.psycopg_any import is_psycopg3

from crm.running import environment

ROOT = Path(__file__).resolve().parents[2]
NOT_INHERITED = ("CRM_", "DATABASE_", "PYTEST_", "SECRET_KEY", "ALLOWED_HOSTS")
PRODUCTION = {
    "DATABASE_URL": "postgresql://crm_app:eiTh8oohae@db.example:5433/crm",
    "DATABASE_OWNER_URL": "postgresql://crm_owner:Ohx5eeph0i@db.example:5433/crm",
    "SECRET_KEY": "kR7!vQ2@mZ9#xW4$bN6%cT8^fY1&gH3*jL5(pD0)sA-eU_iO=",
    "ALLOWED_HOSTS": "crm.example.test",
    "CRM_PROXIES": "10.0.0.10",
}
PRODUCTION["SECRET_KEY"] *= 2


def settings(var: Path, *names: str, **set_to: str):
    """Return the named settings as a new process with this environment sees them."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(NOT_INHERITED)
    }
    program = (
        "import json, sys; from crm import settings;"
        "print(json.dumps([getattr(settings, name) for name in sys.argv[1:]],"
        " default=str))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *names],
        cwd=ROOT,
        env=kept | {"CRM_VAR": str(var)} | set_to,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ImproperlyConfigured(done.stderr)
    return json.loads(done.stdout)


def test_the_driver_is_psycopg2():
    # Any package that brings psycopg 3 in would move Django over without a word.
    assert is_psycopg3 is False
    for lock in ("requirements.lock", "requirements-dev.lock"):
        assert "\npsycopg==" not in (ROOT / lock).read_text()


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_locks_hold_hashes_and_name_no_host(lock):
    text = (ROOT / lock).read_text()
    pins = [line for line in text.splitlines() if "==" in line]
    assert pins
    assert all(line.endswith("\\") for line in pins)
    assert "://" not in text
    assert "/" not in text.replace("pyproject.toml", "").replace("# via", "")


def test_both_locks_pin_the_same_versions():
    pins = [
        {line.split(" ")[0] for line in (ROOT / lock).read_text().splitlines()}
        for lock in ("requirements.lock", "requirements-dev.lock")
    ]
    runtime, development = ({line for line in lines if "==" in line} for lines in pins)
    assert runtime < development


def test_every_dependency_says_what_it_is_for():
    text = (ROOT / "pyproject.toml").read_text()
    project = tomllib.loads(text)
    named = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    for dependency in named:
        line = next(line for line in text.splitlines() if f'"{dependency}"' in line)
        assert "#" in line, dependency


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://u:p@host:5433/crm", ("crm", "u", "p", "host", "5433", {})),
        ("postgres://u@host/crm", ("crm", "u", "", "host", "", {})),
        (
            "postgresql://%E5%BC%A0:p%40ss%2Fw%3A%E4%BC%9F@h/%E5%AE%A2%E6%88%B7",
            ("客户", "张", "p@ss/w:伟", "h", "", {}),
        ),
        (
            "postgresql://u@%2Fvar%2FRun%2Fpostgresql/crm",
            ("crm", "u", "", "/var/Run/postgresql", "", {}),
        ),
        (
            "postgresql:///crm?host=/run/my%20pg&user=u&port=5433",
            ("crm", "u", "", "/run/my pg", "5433", {}),
        ),
        ("postgresql://u@[::1]:5433/crm", ("crm", "u", "", "::1", "5433", {})),
        (
            "postgresql://u@h/crm?sslmode=verify-full&sslrootcert=/etc/ca.pem",
            (
                "crm",
                "u",
                "",
                "h",
                "",
                {"sslmode": "verify-full", "sslrootcert": "/etc/ca.pem"},
            ),
        ),
    ],
)
def test_a_database_address_is_taken_apart(url, expected):
    found = environment.database(url)
    names = ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")
    assert tuple(found[name] for name in names) == expected


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("mysql://u@h/crm", "postgresql://"),
        ("postgresql://u@h", "name-of-the-database"),
        ("postgresql://u@h/a/b", "name-of-the-database"),
        ("postgresql://u@h:abc/crm", "port"),
        ("postgresql://u@h:99999/crm", "port"),
    ],
)
def test_a_wrong_database_address_is_explained(url, complaint):
    with pytest.raises(ImproperlyConfigured, match=complaint):
        environment.database(url)


def test_switches_and_numbers_are_read_strictly(monkeypatch):
    monkeypatch.setenv("CRM_X", "yes")
    assert environment.flag("CRM_X")
    monkeypatch.setenv("CRM_X", "0")
    assert not environment.flag("CRM_X", default=True)
    monkeypatch.setenv("CRM_X", "maybe")
    with pytest.raises(ImproperlyConfigured, match="CRM_X"):
        environment.flag("CRM_X")
    for wrong in ("-1", "1e3", "８０００"):
        monkeypatch.setenv("CRM_X", wrong)
        with pytest.raises(ImproperlyConfigured, match="CRM_X"):
            environment.number("CRM_X", 1)


def test_the_secret_of_a_local_installation_is_made_once_and_private(tmp_path):
    path = tmp_path / "new" / "secret-key"
    secret = environment.kept_secret(path)
    assert len(secret) >= 50
    assert environment.kept_secret(path) == secret
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [found.name for found in path.parent.iterdir()] == ["secret-key"]


def test_a_local_installation_listens_to_this_machine_only(tmp_path):
    hosts, debug, secure = settings(
        tmp_path, "ALLOWED_HOSTS", "DEBUG", "SESSION_COOKIE_SECURE"
    )
    assert hosts == ["localhost", "127.0.0.1", "[::1]"]
    assert (debug, secure) == (False, False)


def test_production_is_served_by_the_role_that_owns_nothing(tmp_path):
    for role, user in (("app", "crm_app"), ("owner", "crm_owner")):
        databases, named = settings(
            tmp_path,
            "DATABASES",
            "DATABASE_APP_ROLE",
            CRM_DATABASE_ROLE=role,
            **PRODUCTION,
        )
        assert databases["default"]["USER"] == user
        assert named == "crm_app"


def test_only_pages_are_given_little_time(tmp_path):
    for role, expected in (("app", True), ("owner", False)):
        (databases,) = settings(tmp_path, "DATABASES", CRM_DATABASE_ROLE=role)
        limited = "statement_timeout=5s" in str(databases["default"]["OPTIONS"])
        assert limited is expected


def test_a_replica_is_asked_by_pages_only_and_only_if_it_is_named(tmp_path):
    named = {"DATABASE_REPLICA_URL": "postgresql://crm_app:x@replica.example/crm"}
    expected = {"app": ["default", "replica"], "owner": ["default"]}
    for role, aliases in expected.items():
        given = PRODUCTION | named | {"CRM_DATABASE_ROLE": role}
        (databases,) = settings(tmp_path, "DATABASES", **given)
        assert sorted(databases) == aliases
        (databases,) = settings(tmp_path, "DATABASES", **PRODUCTION)
        assert list(databases) == ["default"]


def test_behind_a_pooler_neither_cursors_nor_options_are_used(tmp_path):
    given = PRODUCTION | {"CRM_POOLED": "1", "CRM_DATABASE_ROLE": "app"}
    (databases,) = settings(tmp_path, "DATABASES", **given)
    assert databases["default"]["DISABLE_SERVER_SIDE_CURSORS"]
    assert "options" not in databases["default"]["OPTIONS"]


def test_a_worker_keeps_its_sessions_to_itself_and_has_the_rights_of_pages(tmp_path):
    given = PRODUCTION | {"CRM_POOLED": "1", "CRM_DATABASE_ROLE": "worker"}
    (databases,) = settings(tmp_path, "DATABASES", **given)
    (owner,) = settings(tmp_path, "DATABASES", **PRODUCTION)
    (pages,) = settings(tmp_path, "DATABASES", **given | {"CRM_DATABASE_ROLE": "app"})
    worker = databases["default"]
    for name, other in (("HOST", owner), ("PORT", owner), ("USER", pages)):
        assert worker[name] == other["default"][name]
    assert "statement_timeout=60s" in worker["OPTIONS"]["options"]
    assert list(databases) == ["default"]


def test_a_worker_without_power_is_noticed_and_so_is_a_server(tmp_path):
    given = PRODUCTION | {"CRM_DATABASE_ROLE": "worker"}
    given["DATABASE_URL"] += "?connect_timeout=9"
    (databases,) = settings(tmp_path, "DATABASES", **given)
    options = databases["default"]["OPTIONS"]
    assert "tcp_keepalives_idle=30" in options["options"]
    assert options["keepalives_idle"] == "30"
    assert options["tcp_user_timeout"] == "30000"
    assert options["connect_timeout"] == "9"  # what an address says holds


@pytest.mark.parametrize("owner_url", ["", PRODUCTION["DATABASE_URL"]])
@pytest.mark.parametrize("role", ["app", "worker"])
def test_behind_a_pooler_the_worker_must_find_the_server(tmp_path, role, owner_url):
    given = PRODUCTION | {"CRM_POOLED": "1", "CRM_DATABASE_ROLE": role}
    with pytest.raises(ImproperlyConfigured, match="- DATABASE_OWNER_URL"):
        settings(tmp_path, "DEBUG", **given | {"DATABASE_OWNER_URL": owner_url})


def test_production_cookies_are_for_tls_and_this_host_only(tmp_path):
    names = ("SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "SECURE_HSTS_SECONDS")
    name, secure, hsts = settings(tmp_path, *names, **PRODUCTION)
    assert name.startswith("__Host-")
    assert secure
    assert hsts >= 31_536_000

    plain = {**PRODUCTION, "CRM_PLAIN_HTTP": "1"}
    assert settings(tmp_path, *names, **plain) == ["sessionid", False, 0]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "a" * 60),
        ("ALLOWED_HOSTS", "crm.example.test,*"),
        ("CRM_PROXIES", ""),
        ("DATABASE_URL", "postgresql://crm:postgres@db.example/crm"),
        ("CRM_DEBUG", "1"),
    ],
)
def test_production_pages_are_refused_on_defaults(tmp_path, name, value):
    wrong = {**PRODUCTION, name: value}
    with pytest.raises(ImproperlyConfigured, match=f"- {name}"):
        settings(tmp_path, "DEBUG", CRM_DATABASE_ROLE="app", **wrong)
    # Migrations and checks need none of it and show nothing to anybody.
    settings(tmp_path, "DEBUG", **wrong)


def test_a_named_database_alone_is_a_trial_on_this_machine(tmp_path):
    trial = {"DATABASE_URL": "postgresql://postgres:postgres@127.0.0.1/crm"}
    hosts, secure, demo, key = settings(
        tmp_path,
        "ALLOWED_HOSTS",
        "SESSION_COOKIE_SECURE",
        "DEMO",
        "SECRET_KEY",
        CRM_DATABASE_ROLE="app",
        **trial,
    )
    assert hosts == ["localhost", "127.0.0.1", "[::1]"]
    assert (secure, demo) == (False, False)
    assert len(key) >= 50


def test_debug_is_never_on_beside_a_named_database(tmp_path):
    assert settings(tmp_path, "DEBUG", CRM_DEBUG="1") == [True]
    assert settings(tmp_path, "DEBUG", CRM_DEBUG="1", **PRODUCTION) == [False]


@pytest.mark.parametrize(
    "content", [b"", b"short", b"a" * 60, b"\xff\xfe" * 40], ids=repr
)
def test_a_damaged_key_is_said_and_not_replaced(tmp_path, content):
    """A new one would sign everybody out; an empty one opened every session."""
    path = tmp_path / "secret-key"
    path.write_bytes(content)
    with pytest.raises(ImproperlyConfigured, match="Put it back from a backup"):
        environment.kept_secret(path)
    assert path.read_bytes() == content


def test_a_damaged_key_stops_the_start_in_words(tmp_path):
    (tmp_path / "secret-key").write_bytes(b"")
    kept = {
        k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "SECRET"))
    }
    done = subprocess.run(
        [sys.executable, ROOT / "manage.py", "check"],
        env=kept | {"CRM_VAR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "secret-key" in done.stderr
    assert "Traceback" not in done.stderr
