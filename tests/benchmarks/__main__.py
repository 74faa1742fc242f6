"""Measure and print everything that is a ratio: `python -m tests.benchmarks`."""

import subprocess
import sys

for name in ("rendering", "scale", "imports"):
    print(f"\n== {name}\n", flush=True)
    subprocess.run([sys.executable, "-m", f"tests.benchmarks.{name}"], check=True)
