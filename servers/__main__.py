"""``python -m servers [NAME…]``: builds what is missing, and says where it lies."""

from __future__ import annotations

import sys
import time

from servers.build import BuildError, build
from servers.cache import binary
from servers.table import SERVERS


def main(names: list[str]) -> int:
    """Build the named servers, or all of them; returns the exit code."""
    unknown = set(names) - {server.name for server in SERVERS}
    if unknown:
        print(f"no such server: {', '.join(sorted(unknown))}; there are {', '.join(s.name for s in SERVERS)}")
        return 2
    for server in SERVERS:
        if names and server.name not in names:
            continue
        began = time.monotonic()
        ready = binary(server.name)
        if ready is None:
            print(f"{server.name:<11}building from servers/{server.folder}", flush=True)
        try:
            path = build(server)
        except BuildError as error:
            print(f"{server.name}: {error}", file=sys.stderr)
            return 1
        took = "" if ready else f"  ({time.monotonic() - began:.0f} s)"
        print(f"{server.name:<11}{path}{took}", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
