"""`manage.py serve`: everything an installation needs, from nothing to pages."""

import errno
import hashlib
import os
import shutil
import socket
import sys
import time
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections, transaction

from crm import demo
from crm.jobs.models import Beat
from crm.running import environment, server
from crm.running.together import TOGETHER

# How glibc keeps memory: threads share two heaps instead of growing one each, and what
# hashing a password took goes back at once. It saves a worker a quarter of its memory.
MEMORY = {"MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": "1048576"}
SECONDS_FOR_THE_PORT = 5  # workers of a killed server notice within one or two


class Command(BaseCommand):
    """Prepares database, demo data and static files, then becomes the server."""

    help = "Prepare everything and serve the pages on http://127.0.0.1:8000 (PORT)."

    def handle(self, **options):
        """Prepare, then hand this process over to gunicorn."""
        faults = [] if settings.LOCAL else environment.production_faults()
        if faults:
            raise CommandError(environment.production_refusal(faults))
        refuse_open_door(server.host)
        await_port(server.host, server.port)
        try:
            call_command("migrate", interactive=False, verbosity=0)
            load_demo_data()
            collect_static_files()
            if server.keeper.running:
                Beat.objects.expect()
            greeting = greet(server.address)
        except KeyboardInterrupt:
            sys.exit(130)
        connections.close_all()
        os.environ["CRM_GREETING"] = greeting
        # One process to stop, and to kill: the server is this very process.
        os.environ["CRM_DATABASE_ROLE"] = "app"
        for name, value in MEMORY.items():
            os.environ.setdefault(name, value)
        os.chdir(settings.ROOT)
        gunicorn = [sys.executable, "-m", "gunicorn"]
        gunicorn += ["--config", "python:crm.running.server", "crm.wsgi:application"]
        os.execv(gunicorn[0], gunicorn)  # noqa: S606 - no shell is wanted


def refuse_open_door(host: str) -> None:
    """Listen to other machines only where a proxy stands between them and us.

    It ends TLS, and without its address everybody would pass for one busy person.
    """
    if settings.CRM_PROXIES or host == "localhost":
        return
    with suppress(ValueError):
        if ip_address(host).is_loopback:
            return
    raise CommandError(
        f"CRM_BIND={host} 对其他机器开放，须在前面设置带 TLS 的代理，并用 CRM_PROXIES "
        "写明其地址（见 crm/deployment） / opens the pages to other machines: put a "
        "proxy with TLS in front and name its address in CRM_PROXIES "
        "(see crm/deployment)"
    )


def await_port(host: str, port: int) -> None:
    """Wait shortly for the port, and say so when somebody else keeps it."""
    deadline = time.monotonic() + SECONDS_FOR_THE_PORT
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    while True:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                if error.errno != errno.EADDRINUSE or time.monotonic() > deadline:
                    raise CommandError(
                        f"无法使用 {host}:{port},请用 PORT 指定其他端口 / cannot use "
                        f"{host}:{port}, choose another with PORT ({error.strerror})"
                    ) from error
            else:
                return
        time.sleep(0.2)


def load_demo_data() -> None:
    """Fill a database that was made for this start; any other is somebody's work."""
    if not settings.LOCAL:
        return
    unused = connections["default"].cluster.unused
    if not unused.exists():
        return
    if settings.DEMO and not get_user_model().objects.exists():
        with transaction.atomic():  # all of it or, when interrupted, nothing
            call_command("demo", verbosity=0)
    unused.unlink()


def collect_static_files() -> None:
    """Compress the static files, but only when one of them has changed."""
    root = Path(settings.STATIC_ROOT)
    stamp = Path(f"{root}.sha256")
    digest = digest_of_static_files()
    if stamp.exists() and stamp.read_text() == digest:
        return
    if not stamp.exists() and root.exists() and any(root.iterdir()):
        raise CommandError(
            f"{root} 不是本程序建立的，请移走或更改 CRM_VAR / {root} was not made by "
            "this program: move it away, or choose another CRM_VAR"
        )
    stamp.write_text("")  # says that the directory is ours, though not complete
    shutil.rmtree(root, ignore_errors=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(digest)


def digest_of_static_files() -> str:
    """Return one number for the names and contents of all static files."""
    digest = hashlib.sha256(str(TOGETHER).encode())
    for finder in get_finders():
        for name, storage in sorted(finder.list([]), key=lambda found: found[0]):
            digest.update(name.encode())
            digest.update(Path(storage.path(name)).read_bytes())
    return digest.hexdigest()


def greet(address: str) -> str:
    """Return what the console shows when the pages can be opened."""
    lines = ["", f"  客户资源管理系统 CRM  →  {address}", ""]
    if people := demo.loaded():
        lines.append(f"  演示账号 / demo people，密码 / password: {demo.PASSWORD}")
        lines += [f"    {name:<12}{who}  {role}" for name, who, role in people]
        lines.append("")
    lines.append("  Ctrl-C 停止 / stops everything")
    return "\n".join([*lines, ""])
