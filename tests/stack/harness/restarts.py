"""What Docker's ``restart: unless-stopped`` does, for one process."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.stack.collector_process import until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.stack.harness.process import Process

_PAUSE = 0.5
_READY_SECONDS = 60.0


class Restarts:
    """A process that is started again whenever it ends; ``ends`` counts how often it did."""

    def __init__(self, process: Process) -> None:
        self.ends = 0
        self._process = process

    def wait_ready(self) -> None:
        """Wait until it serves, however often it has to be started for that."""
        until(self._process.serves, _READY_SECONDS)


@contextmanager
def as_docker_restarts(process: Process) -> Iterator[Restarts]:
    """Start a process, and again each time it ends; what runs when the block ends goes on running."""
    restarts = Restarts(process)
    over = threading.Event()

    def watch() -> None:
        while not over.wait(_PAUSE):
            if not process.alive:
                process.wait(0)
                restarts.ends += 1
                process.start(wait=False)

    process.start(wait=False)
    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield restarts
    finally:
        over.set()
        watcher.join()
