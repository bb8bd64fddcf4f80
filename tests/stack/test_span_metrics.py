"""Rates and latencies from spans are those of the time at which they are made."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.stack.collector_process import Collector, Sink, plain, until
from tests.stack.harness.messages import request, span

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.timeout(120)

MINUTE = 60_000_000_000
CALLS = "traces.span.metrics.calls"


def test_spans_of_long_ago_are_kept_and_raise_no_rate(tmp_path: Path) -> None:
    now = time.time_ns()
    with Sink() as sink, Collector(tmp_path, sink) as collector:
        for name, age in (("submit_order long ago", 15), ("submit_order lately", 5)):
            ended = now - age * MINUTE
            collector.send(request("bot", span(name, start_time_unix_nano=ended - 1_000_000, end_time_unix_nano=ended)))

        until(lambda: len(list(sink.spans())) == 2)
        until(lambda: list(sink.points(CALLS)))
        assert {plain(point.attributes)["span.name"] for point in sink.points(CALLS)} == {"submit_order lately"}
