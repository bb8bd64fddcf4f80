"""A store that is away, hangs or refuses: its data waits in the Collector's queue, and nobody else waits for it."""

from __future__ import annotations

import os
import re
import signal
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
import requests

from tests.stack.collector_process import until
from tests.stack.harness.answers import Refusal
from tests.stack.harness.backends import BACKENDS, Backend, start_without
from tests.stack.harness.counting import await_all, await_arrival, exemplars, sample_times
from tests.stack.harness.stack import Stack
from tests.stack.harness.traffic import Traffic

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_RATE = 90.0  # records a second of each signal: an outage is long rather than busy
_OUTAGE = 120.0
_BACK = 150.0  # after such an outage gRPC looks for the server only each minute or so
_HANGS = 45.0  # longer than the exporters' timeout of 30 s
_OTHERS = 20.0  # within which the other stores have all
_NO_WAIT = 5.0  # what no request takes that is held up by nothing but a busy machine
_SHARE = 0.8  # of the traffic's rate, which a busy machine leaves of it

_BY_HTTP = (Refusal("429", retry_after=2), Refusal("503"))
_BY_GRPC = (Refusal("RESOURCE_EXHAUSTED", retry_after=2), Refusal("UNAVAILABLE"))


@pytest.fixture(params=list(BACKENDS.values()), ids=list(BACKENDS))
def backend(request: pytest.FixtureRequest) -> Backend:
    found: Backend = request.param
    return found


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    """A stack of the test's own; the test starts it."""
    made = Stack(tmp_path)
    try:
        yield made
    finally:
        made.stop()


@pytest.mark.timeout(240)
def test_a_store_that_is_down_from_the_start_gets_all_once_it_comes(stack: Stack, backend: Backend) -> None:
    start_without(stack, backend)
    with Traffic(stack, rate=_RATE) as traffic:
        with _nobody_else_waits(stack, traffic, backend):
            time.sleep(20)
        backend.process(stack).start()
    await_all(stack, traffic)


@pytest.mark.timeout(360)
def test_a_store_that_is_down_for_two_minutes_gets_all_that_came_meanwhile(stack: Stack, backend: Backend) -> None:
    stack.start()
    with Traffic(stack, rate=_RATE) as traffic:
        until(lambda: traffic.acknowledged(backend.signal))
        backend.process(stack).stop()
        before, down = traffic.acknowledged(backend.signal), time.time()
        with _nobody_else_waits(stack, traffic, backend):
            time.sleep(_OUTAGE)
        meanwhile, up = traffic.acknowledged(backend.signal) - before, time.time()
        backend.process(stack).start()
    assert len(meanwhile) > _SHARE * _RATE * _OUTAGE
    await_all(stack, traffic, _BACK)
    if backend.name == "prometheus":
        times = sample_times(stack)
        # The requests that were under way when it went down hold samples of just before.
        assert all(down - 1 <= times[record] / 1000 <= up for record in meanwhile)
        assert meanwhile <= exemplars(stack)


@pytest.mark.timeout(240)
def test_a_store_that_hangs_gets_all_once_it_goes_on(stack: Stack, backend: Backend) -> None:
    stack.start()
    with Traffic(stack, rate=_RATE) as traffic:
        until(lambda: traffic.acknowledged(backend.signal))
        os.kill(backend.process(stack).pid, signal.SIGSTOP)
        try:
            with _nobody_else_waits(stack, traffic, backend):
                time.sleep(_HANGS)
        finally:
            os.kill(backend.process(stack).pid, signal.SIGCONT)
    await_all(stack, traffic, _BACK)


@pytest.mark.timeout(240)
def test_a_store_that_refuses_for_a_while_gets_all_in_the_end(stack: Stack, backend: Backend) -> None:
    start_without(stack, backend)
    refusals = _BY_GRPC if backend.over_grpc else _BY_HTTP
    with Traffic(stack, rate=_RATE) as traffic:
        with (
            backend.stand_in(stack, refusals[0]) as stand_in,
            _nobody_else_waits(stack, traffic, backend),
        ):
            for refusal in refusals:
                stand_in.refusal = refusal
                until(lambda wanted=refusal: stand_in.given.count(wanted) >= 3, 60)  # type: ignore[misc] # a lambda's default
        backend.process(stack).start()
    await_all(stack, traffic)


@pytest.mark.timeout(120)
def test_traces_refused_without_a_time_to_come_again_are_dropped_but_not_silently(stack: Stack) -> None:
    # So says OTLP of RESOURCE_EXHAUSTED. Hence retry_after_on_resource_exhausted in tempo/tempo.yaml.
    tempo = BACKENDS["tempo"]
    start_without(stack, tempo)
    with tempo.stand_in(stack, Refusal("RESOURCE_EXHAUSTED")):
        with Traffic(stack, rate=_RATE, signals=("traces",)) as traffic:
            until(lambda: len(traffic.acknowledged("traces")) > 100)
        sent = len(traffic.acknowledged("traces"))
        until(lambda: _failed_spans(stack) >= sent, 30)
    assert "Exporting failed. Dropping data." in stack.collector.said()


@contextmanager
def _nobody_else_waits(stack: Stack, traffic: Traffic, away: Backend) -> Iterator[None]:
    """While one store is away, no client waits for its acknowledgement, and what goes to the other stores arrives."""
    yield
    for other in away.other_signals:
        await_arrival(stack, other, traffic.acknowledged(other), _OTHERS)
        assert traffic.attempts(other).slowest < _NO_WAIT
    assert traffic.attempts(away.signal).slowest < _NO_WAIT


def _failed_spans(stack: Stack) -> int:
    page = requests.get(f"{stack.collector_metrics_url}/metrics", timeout=5).text
    failed = re.findall(
        r"^otelcol_exporter_send_failed_spans(?:_total)?\{.*otlp_grpc/tempo.*\} (\S+)$", page, re.MULTILINE
    )
    return round(sum(map(float, failed)))
