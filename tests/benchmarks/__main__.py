"""Measure and print: all ratios, or one thing by its name.

`python -m tests.benchmarks`, `python -m tests.benchmarks dedupe ../data/dedupe`,
`python -m tests.benchmarks imports 100000`.
"""

import subprocess
import sys

NAMES = ("rendering", "scale", "imports")
ASKED = [sys.argv[1:]] if sys.argv[1:] else [[name] for name in NAMES]

for name, *more in ASKED:
    print(f"\n== {name}\n", flush=True)
    command = [sys.executable, "-m", f"tests.benchmarks.{name}", *more]
    subprocess.run(command, check=True)
