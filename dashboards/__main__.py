"""``python -m dashboards``: write the boards. With ``--check``: name what is stale, and exit with 1."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from dashboards import generate


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code: 0, or 1 for stale files."""
    parser = argparse.ArgumentParser(prog="python -m dashboards", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, exit with 1 if a file is stale")
    parser.add_argument("--root", type=Path, default=generate.ROOT, help="the folder to write into")
    options = parser.parse_args(arguments)
    if not options.check:
        for path in generate.write(options.root):
            sys.stdout.write(f"wrote {path}\n")
        return 0
    stale = generate.stale(options.root)
    for path in stale:
        sys.stderr.write(f"{path} is stale: run make dashboards\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
