"""Send the test records side by side, none for longer than the time-out."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from otel_trading.doctor.receiver.outcome import Outcome
from otel_trading.doctor.receiver.records import make_record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from otel_trading.doctor.receiver.target import Target

_GRACE = 2.0  # what loading an exporter may take on top


def send_all(targets: Sequence[Target], environ: Mapping[str, str], timeout: float) -> list[Outcome]:
    """Send one test record to each target and return what became of each, after ``timeout`` seconds at the latest."""
    outcomes = [Outcome(target) for target in targets]
    with _quiet():
        threads = [threading.Thread(target=_send, args=(each, environ, timeout), daemon=True) for each in outcomes]
        for thread in threads:
            thread.start()
        deadline = time.monotonic() + timeout + _GRACE
        for thread, outcome in zip(threads, outcomes, strict=True):
            thread.join(max(deadline - time.monotonic(), 0))
            outcome.timed_out = thread.is_alive()
    return outcomes


def _send(outcome: Outcome, environ: Mapping[str, str], timeout: float) -> None:
    try:
        if outcome.target.protocol == "grpc":
            from otel_trading.doctor.receiver.by_grpc import send  # noqa: PLC0415 - loads grpc, seldom needed
        else:
            from otel_trading.doctor.receiver.by_http import send  # noqa: PLC0415 - loads requests
        send(outcome, make_record(outcome.target.signal), environ, timeout)
    except Exception as problem:  # noqa: BLE001 - an exporter that cannot be made is a finding
        outcome.error = problem


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the exporters' own complaints off the console: the doctor explains them."""
    logger = logging.getLogger("opentelemetry")
    before = logger.propagate
    handler = logging.NullHandler()
    logger.propagate = False
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.propagate = before
