"""Typed reading of environment variables, and of database addresses."""

import os
import secrets
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"", "0", "false", "no", "off"}
GUESSED_FIRST = {
    "postgres",
    "password",
    "crm",
    "crm_app",
    "changeme",
    "123456",
    "app-password",  # of the examples in crm/deployment
    "owner-password",
}


def flag(name: str, default: bool = False) -> bool:
    """Read a switch: 1/true/yes/on or 0/false/no/off."""
    value = os.environ.get(name)
    if value is None:
        return default
    if value.strip().lower() in TRUE:
        return True
    if value.strip().lower() in FALSE:
        return False
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")


def number(name: str, default: int) -> int:
    """Read a whole number that is not negative."""
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    if not value.isascii() or not value.isdigit():
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.")
    return int(value)


def words(name: str) -> list[str]:
    """Read a list separated by commas."""
    return [
        word.strip() for word in os.environ.get(name, "").split(",") if word.strip()
    ]


def kept_secret(path: Path, *, passing: bool = False) -> str:
    """Return the secret in the file `path`, made once and readable by its owner.

    Args:
        path: of the file.
        passing: whether a missing one is made up for this process alone, which signs
            nothing that lasts and may yet leave its directory as it was.

    Raises:
        ImproperlyConfigured: the file holds none; a new one would sign everybody out.
    """
    if passing and not path.exists():
        return secrets.token_urlsafe(50)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    if not path.exists():
        file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(file, "w") as opened:
            opened.write(secrets.token_urlsafe(50))
            opened.flush()
            os.fsync(opened.fileno())  # a name without its content is worse than none
        try:
            # A link, unlike a rename, never replaces the secret of a faster process.
            path.hardlink_to(fresh)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    found = path.read_bytes().decode("ascii", errors="replace").strip()
    if is_guessable(found) or not (found.isascii() and found.isprintable()):
        raise ImproperlyConfigured(
            f"{path} 已损坏或过短。请从备份恢复；或删除该文件，程序会新建一个，"
            f"所有人须重新登录 / {path} is damaged or too short. Put it back from a "
            "backup, or remove it: a new one is made, and everybody signs in again"
        )
    return found


def is_guessable(secret: str) -> bool:
    """Say whether a secret is too short or too monotonous to be one."""
    return len(secret) < 50 or len(set(secret)) < 5


def production_faults() -> list[str]:
    """Return what would let strangers in, or keep the worker out.

    Without ALLOWED_HOSTS only this machine is answered, so nothing need be named;
    what is named must be good all the same.
    """
    faults = []
    hosts = words("ALLOWED_HOSTS")
    secret_key = os.environ.get("SECRET_KEY", "")
    if (hosts or secret_key) and is_guessable(secret_key):
        faults.append(
            "SECRET_KEY 须为至少 50 个随机字符 / must be 50 random characters or more"
        )
    if "*" in hosts:
        faults.append(
            "ALLOWED_HOSTS 须列出本站域名，用逗号分隔 / "
            "must list this site's host names, separated by commas"
        )
    if hosts and not words("CRM_PROXIES"):
        faults.append(
            "CRM_PROXIES 须列出前置代理的地址，没有代理时写 none / must list the "
            "addresses of the proxies in front, or say none: sign-in limits need them"
        )
    password = database(os.environ["DATABASE_URL"])["PASSWORD"]
    if hosts and password.lower() in GUESSED_FIRST:
        faults.append(
            "DATABASE_URL 使用了人人皆知的密码 / its password is known to everybody"
        )
    owner_url = os.environ.get("DATABASE_OWNER_URL", "")
    if flag("CRM_POOLED") and owner_url in ("", os.environ["DATABASE_URL"]):
        faults.append(
            "DATABASE_OWNER_URL 须指向 PgBouncer 之后的服务器，后台进程直接连接它 / "
            "must name the server behind PgBouncer: the worker connects to it directly"
        )
    if flag("CRM_DEBUG"):
        faults.append("CRM_DEBUG 仅用于本机 / is for local installations only")
    return faults


def production_refusal(faults: list[str]) -> str:
    """Return the text that says why the program does not serve."""
    return (
        "设置了 DATABASE_URL,按生产环境启动 / "
        "DATABASE_URL is set, so this is a production installation:\n- "
    ) + "\n- ".join(faults)


def database(url: str) -> dict:
    """Turn postgresql://user:password@host:port/name?sslmode=… into Django's form.

    The host may be the directory of a Unix socket: percent-escaped in its place
    (%2Fvar%2Frun%2Fpostgresql) or as the query's `host`.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(
            "DATABASE_URL must start with postgresql://, no other database will do."
        )
    name = unquote(parts.path.removeprefix("/"))
    if not name or "/" in name:
        raise ImproperlyConfigured("DATABASE_URL must end with /name-of-the-database.")
    try:
        port = parts.port
    except ValueError as error:
        raise ImproperlyConfigured("The port in DATABASE_URL is no number.") from error
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or options.pop("user", "")),
        "PASSWORD": unquote(parts.password or options.pop("password", "")),
        "HOST": options.pop("host", "") or _host(parts.netloc),
        "PORT": options.pop("port", "") or str(port or ""),
        "OPTIONS": options,
    }


def replica(url: str) -> dict:
    """Return the database that only answers; one that is silent holds nobody up."""
    found = database(url)
    found["OPTIONS"].setdefault("connect_timeout", "2")  # seconds
    found["OPTIONS"].setdefault("tcp_user_timeout", "5000")  # milliseconds
    return found


def for_pages(database: dict, *, pooled: bool) -> dict:
    """Return a database as the processes that serve pages use it.

    `pooled` behind PgBouncer: it opens connections before anybody asks and so refuses
    `options`, and one statement's cursor may lie in another connection than the next.
    """
    little_time = {
        "options": "-c search_path=public -c statement_timeout=5s -c lock_timeout=3s"
        " -c idle_in_transaction_session_timeout=30s"
        # Of statements that are kept: one plan for everybody, made once. Weighing each
        # of hundreds of people takes longer than finding their rows.
        " -c plan_cache_mode=force_generic_plan"
        # Compiling a query of a page, or of a trigger, takes longer than answering it.
        " -c jit=off"
    }
    # A server that is silent is told as away while the person still looks at the page.
    little_patience = {"connect_timeout": "3"} if "LOCAL" not in database else {}
    return database | {
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,  # the server may have been restarted meanwhile
        "DISABLE_SERVER_SIDE_CURSORS": pooled,
        "OPTIONS": little_patience
        | database["OPTIONS"]
        | ({} if pooled else little_time),
    }


def past_pooler(pooled: dict, owner_url: str) -> dict:
    """Return a database without the pooler in front: where its owner migrates.

    A lock of a session, by which a worker shows that it lives, does not survive a pool
    that lends the session to somebody else after each transaction.
    """
    whose = {name: pooled[name] for name in ("USER", "PASSWORD")}
    return database(owner_url) | whose


def for_work(database: dict) -> dict:
    """Return a database as the worker uses it: nobody waits for its answers.

    Either side notices within a minute that the other one's machine has lost its
    power. Until then a job stays with a worker that is no more.
    """
    more_time = {
        "options": "-c search_path=public -c statement_timeout=60s -c lock_timeout=10s"
        " -c idle_in_transaction_session_timeout=10min -c jit=off"
        " -c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10"
        " -c tcp_keepalives_count=3"
    }
    little_patience = {
        "connect_timeout": "5",  # seconds
        "keepalives_idle": "30",
        "keepalives_interval": "10",
        "keepalives_count": "3",
        "tcp_user_timeout": "30000",  # milliseconds
    }
    if "LOCAL" in database:
        little_patience = {}  # one machine, one power cut
    return database | {"OPTIONS": little_patience | database["OPTIONS"] | more_time}


def _host(netloc: str) -> str:
    """Return the host as written: urlsplit would lower the case of a directory."""
    host = netloc.rpartition("@")[2]
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return unquote(host.partition(":")[0])
