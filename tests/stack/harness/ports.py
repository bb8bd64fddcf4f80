"""Free ports on loopback, none of which another worker of the test run may be given."""

from __future__ import annotations

import os
import socket
from itertools import count

# Below the range from which the system picks ports by itself, so that no other test's server takes one meanwhile.
_FIRST = 20_000
_EACH_WORKER = 1_000

_worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_candidates = count(_FIRST + _EACH_WORKER * (_worker % 12))


def free_port() -> int:
    """Return a port that nobody listens on and that this run has not given out."""
    for port in _candidates:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    raise AssertionError("counting never ends")
