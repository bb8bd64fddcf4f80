"""The keeper's life: read the settings, then a round for each store and the queues every so often, until SIGTERM."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

from keeper import serve, settings
from keeper.log import log
from keeper.queues import Queues
from keeper.watch import Watch

if TYPE_CHECKING:
    from types import FrameType

# Walking a folder of a million files takes its time; at most a quarter of one processor goes into it.
_REST, _REST_AT_MOST = 3, 600.0
_WRONG_SETTING = 2


def main(arguments: list[str]) -> int:
    """Run the keeper, or with ``--check`` ask the running one for its health; returns the exit code."""
    try:
        told = settings.read(os.environ)
    except settings.SettingError as error:
        log("error", str(error))
        return _WRONG_SETTING
    if arguments == ["--check"]:
        return _check(told.port)
    if arguments:
        log("error", f"unknown arguments {arguments}: there is only --check")
        return _WRONG_SETTING
    return _run(told)


def _run(told: settings.Settings) -> int:
    # As the first process of a container it has no default action for these. They end it wherever it is: a file is
    # put in place in one step, or not at all.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end)
    watches = [Watch(store, since=time.time()) for store in told.stores]
    queues = Queues(told.queues) if told.queues else None
    try:
        serve.start(watches, queues, told.host, told.port)
    except OSError as error:
        log("error", f"KEEPER_HTTP={told.host}:{told.port} cannot be had ({error.strerror}): choose another port.")
        return _WRONG_SETTING
    if queues:
        # Beside the rounds, which may take long: the Collector that cannot start is not to wait for them.
        threading.Thread(target=_look_after, args=(queues, told.interval), name="queues", daemon=True).start()
    while True:
        began = time.monotonic()
        for watch in watches:
            watch.round(time.time())
        rest = min(_REST * (time.monotonic() - began), _REST_AT_MOST)
        time.sleep(max(told.interval, rest))


def _look_after(queues: Queues, interval: int) -> None:
    while True:
        queues.round(time.time())
        time.sleep(interval)


def _end(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def _check(port: int) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5):
            return 0
    except urllib.error.HTTPError as error:
        with error:
            sys.stdout.write(error.read().decode())
    except OSError as error:
        sys.stdout.write(f"the keeper does not answer: {error}\n")
    return 1
