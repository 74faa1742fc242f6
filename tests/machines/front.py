"""What stands between the browsers, the program and PostgreSQL: nginx and PgBouncer."""

import subprocess

from crm.running.localpg import account
from tests.machines.place import DEPLOYMENT, SITE, filled, program


def start_pgbouncer(place):
    """Run the pooler, as somebody who is not root."""
    here = place.home / "pgbouncer"
    account.make_private(here, place.prefix.uid)
    changes = {
        "host=10.0.0.21 port=5432": f"host=127.0.0.1 port={place.ports['primary']}",
        "host=10.0.0.22 port=5432": f"host=127.0.0.1 port={place.ports['replica']}",
        "6432": place.ports["pooler"],
        "/etc/pgbouncer": here,
        "/var/log/pgbouncer": here,
        "/run/pgbouncer": here,
    }
    place.write(here / "userlist.txt", f'"crm_app" "{place.app}"\n')
    place.write(here / "pgbouncer.ini", filled("pgbouncer.ini", changes))
    pooler = [*place.prefix.command, program("pgbouncer"), "-q", here / "pgbouncer.ini"]
    place.run("pooler", pooler, cwd="/")


def start_nginx(place):
    """Run the front with a certificate of its own."""
    here = place.home / "nginx"
    here.mkdir()
    certify(here)
    changes = {
        "10.0.0.11:8000": f"127.0.0.1:{place.ports['first']}",
        "10.0.0.12:8000": f"127.0.0.1:{place.ports['second']}",
        "listen 80;": f"listen 127.0.0.1:{place.ports['plain']};",
        "listen 443": f"listen 127.0.0.1:{place.ports['front']}",
        "/etc/ssl/crm": here,
        "/etc/nginx/crm": DEPLOYMENT,
    }
    (here / "crm.conf").write_text(filled("nginx.conf", changes))
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{kind}_temp_path {here}/{kind};\n" for kind in kinds)
    # Stands in for Debian's own nginx.conf.
    (here / "nginx.conf").write_text(
        f"daemon off;\nmaster_process off;\npid {here}/pid;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{temporary}include {here}/crm.conf;\n}}\n"
    )
    nginx = [program("nginx"), "-p", here, "-e", "stderr", "-c", here / "nginx.conf"]
    place.run("nginx", nginx)
    place.wait_for("nginx", lambda: place.is_healthy("plain", 301))


def certify(here):
    """Make a key and a certificate that nobody has signed."""
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes"),
            *("-subj", f"/CN={SITE}", "-days", "2"),
            *("-keyout", here / "privkey.pem", "-out", here / "fullchain.pem"),
        ],
        check=True,
        capture_output=True,
    )
