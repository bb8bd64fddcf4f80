"""``python -m alerts [--check]``: writes what is generated from the table of rules, or says what is stale."""

from __future__ import annotations

import sys

from alerts.generate import stale, write
from alerts.thresholds import ROOT


def main(arguments: list[str]) -> int:
    """Return the exit code: with ``--check`` 1 where a file is stale."""
    if arguments not in ([], ["--check"]):
        sys.stderr.write("usage: python -m alerts [--check]\n")
        return 2
    check = bool(arguments)
    found = stale() if check else write()
    for path in found:
        sys.stdout.write(f"{path.relative_to(ROOT)}{' is stale: run make generate' if check else ''}\n")
    return int(check and bool(found))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
