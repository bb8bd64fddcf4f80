"""``python -m alerts [--check]``: writes what is generated from the table of rules, or says what is stale."""

from __future__ import annotations

import sys

from alerts.generate import stale, write


def main(arguments: list[str]) -> int:
    """Return the exit code: with ``--check`` 1 where a file is stale."""
    if arguments not in ([], ["--check"]):
        return 2
    check = bool(arguments)
    for _path in stale() if check else write():
        pass
    return int(check and bool(stale()))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
