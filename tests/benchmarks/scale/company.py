"""An installation of some size, asked for pages by a process of its own."""

import json
import os
import subprocess
import sys


class Company:
    """A filled installation in a folder of its own; it answers until it is closed."""

    def __init__(self, home, customers):
        self.home, self.customers = home.resolve(), customers

    def __enter__(self):
        """Start the process that asks; it fills the installation if need be."""
        self.home.mkdir(parents=True, exist_ok=True)
        environment = {
            name: value
            for name, value in os.environ.items()
            if name not in ("PYTEST_VERSION", "DATABASE_URL")
        }
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.benchmarks.scale.asking",
                str(self.customers),
            ],
            env=environment | {"CRM_VAR": str(self.home), "CRM_DEMO": "0"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._answer()
        return self

    def __exit__(self, *_error):
        """End the process, which stops its PostgreSQL."""
        self.process.stdin.close()
        self.process.wait()

    def ask(self, person, page):
        """Return what a page cost: {status, wall, database, queries, total}."""
        print(json.dumps([person, page]), file=self.process.stdin, flush=True)
        return self._answer()

    def _answer(self):
        for line in self.process.stdout:
            if line.startswith("{"):
                return json.loads(line)
            print(line, end="")  # what filling the installation tells
        raise SystemExit(self.process.wait())
