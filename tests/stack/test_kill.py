"""The Collector killed without a warning, and stopped with one, while bots send."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from typing import TYPE_CHECKING

import pytest

from tests.stack.collector_process import until
from tests.stack.harness.backends import BACKENDS, start_without
from tests.stack.harness.counting import await_all, spans
from tests.stack.harness.numbered import SIGNALS
from tests.stack.harness.stack import Stack
from tests.stack.harness.traffic import Traffic
from tests.stack.rendered import REPOSITORY, SECRETS, rendered

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.stack.harness.numbered import Signal

_KILLS = 3
_BETWEEN = 5.0
_CLIENTS = 4  # of each signal
_BACK = 120.0
_MEANWHILE = 3.0
_HELD = re.compile(r"Loaded queue metadata\t(\{.*\})$", re.MULTILINE)


@pytest.mark.timeout(240)
def test_every_acknowledged_record_survives_a_kill_of_the_collector_under_load(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    with Stack(tmp_path) as stack:
        with Traffic(stack) as traffic:
            for _ in range(_KILLS):
                time.sleep(_BETWEEN)
                stack.collector.kill()
                stack.collector.start()
            time.sleep(_BETWEEN)
        await_all(stack, traffic)

        doubled = sum(spans(stack).values()) - len(spans(stack))
        sent_but_still_held = _requests_held(stack, "otlp_grpc/tempo") * traffic.batch
        stored_but_not_acknowledged = _KILLS * _CLIENTS * traffic.batch
        record_property("acknowledged", {kind: len(traffic.acknowledged(kind)) for kind in SIGNALS})
        record_property("spans that arrived twice", doubled)
        print(f"{doubled} spans of {len(traffic.acknowledged('traces'))} arrived twice after {_KILLS} kills")  # noqa: T201
        # What doubles is what a kill finds between two steps: sent and not yet taken off the queue, or put on the
        # queue and not yet answered for, which its client sends again.
        assert doubled <= sent_but_still_held + stored_but_not_acknowledged


@pytest.mark.timeout(240)
@pytest.mark.parametrize("stores", ["there", "away", "away so long that the queues are full"])
def test_a_stop_of_the_collector_ends_in_time_and_loses_nothing(
    tmp_path: Path, stores: str, record_property: Callable[[str, object], None]
) -> None:
    full = "full" in stores
    stack = Stack(tmp_path, {"COLLECTOR_QUEUE_BYTES": "600000"} if full else {})
    away = () if stores == "there" else tuple(BACKENDS.values())
    try:
        start_without(stack, *away)
        with Traffic(stack, rate=900) as traffic:
            until(lambda: all(_under_way(traffic, kind, full) for kind in SIGNALS), 60)
            time.sleep(_MEANWHILE)  # by now the clients that came again are waiting once more
            began = time.monotonic()
            os.kill(stack.collector.pid, signal.SIGTERM)
            code = stack.collector.wait(_grace())
            record_property("seconds that the stop took", round(time.monotonic() - began, 1))
            stack.collector.start()
            for backend in away:
                backend.process(stack).start()
            time.sleep(_BETWEEN)
        await_all(stack, traffic, _BACK)
        assert code == 0
    finally:
        stack.stop()


def _under_way(traffic: Traffic, kind: Signal, full: bool) -> bool:
    # A client whose patience ended tells that its queue is full.
    return bool(traffic.attempts(kind).refused) if full else len(traffic.acknowledged(kind)) > 1000


def _grace() -> float:
    """Return the seconds that Docker gives the Collector before it kills it."""
    told = rendered(REPOSITORY, SECRETS)["services"]["collector"]["stop_grace_period"]
    assert told.endswith("s")
    return float(told.removesuffix("s"))


def _requests_held(stack: Stack, exporter: str) -> int:
    """Return how many clients' requests the starts found that were being sent when the Collector was killed."""
    starts = [json.loads(line) for line in _HELD.findall(stack.collector.said())]
    found = [start["dispatchedItems"] for start in starts if start["otelcol.component.id"] == exporter]
    assert len(found) >= _KILLS, "the Collector no longer tells what it found in its queue"
    return sum(found)
