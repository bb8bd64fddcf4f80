"""Free ports on loopback, none of which another worker of the test run may be given."""

from __future__ import annotations

import os
import random
import socket
from itertools import count

# Below the range from which the system picks ports by itself, so that no other test's server takes one meanwhile. Each
# worker has a part of its own, and each run begins somewhere in it: a run beside this one seldom meets it.
_FIRST = 20_000
_WORKERS = 12
_EACH_WORKER = 1_000

_worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % _WORKERS
_steps = count(random.SystemRandom().randrange(_EACH_WORKER))


def free_port() -> int:
    """Return a port that nobody listens on and that this run has not given out lately."""
    for step in _steps:
        port = _FIRST + _EACH_WORKER * _worker + step % _EACH_WORKER
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    raise AssertionError("counting never ends")
