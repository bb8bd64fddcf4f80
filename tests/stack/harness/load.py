"""A steady load of orders on a running stack, and what it took."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import requests

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.stack.harness.orders import Orders
    from tests.stack.harness.process import Process
    from tests.stack.harness.stack import Stack

_BATCHES_A_SECOND = 5
_SAMPLE_SECONDS = 0.5


@dataclass
class Report:
    """What a run took: seconds, orders, the time to each acknowledgement, and each server's peak memory and CPU."""

    orders: int = 0
    seconds: float = 0.0
    retries: int = 0
    acknowledged_in: list[float] = field(default_factory=list)
    peak_bytes: dict[str, int] = field(default_factory=dict)
    cpu_seconds: dict[str, float] = field(default_factory=dict)

    def percentile(self, share: float) -> float:
        """Return the seconds within which that share of all requests was acknowledged."""
        return sorted(self.acknowledged_in)[int(share * (len(self.acknowledged_in) - 1))]


def run(stack: Stack, orders: Orders, rate: int, seconds: float) -> Report:
    """Send ``rate`` orders a second for so long, spans and logs over HTTP as a bot does; retries what is refused.

    The rate is kept by the clock: what the stack holds back is caught up with, so that the number of orders is always
    ``rate * seconds``.
    """
    report = Report()
    began = time.monotonic()
    servers = [stack.collector, stack.loki, stack.prometheus, stack.keeper]
    with _watched(servers, report), ThreadPoolExecutor(2) as senders:
        each = rate // _BATCHES_A_SECOND
        for tick in range(int(seconds * _BATCHES_A_SECOND)):
            time.sleep(max(0.0, began + tick / _BATCHES_A_SECOND - time.monotonic()))
            batch = orders.batch(range(report.orders, report.orders + each), time.time_ns())
            sent = [
                senders.submit(_deliver, stack, signal, body, report)
                for signal, body in (("traces", batch.spans), ("logs", batch.logs))
            ]
            for delivery in sent:
                delivery.result()
            report.orders += each
    report.seconds = time.monotonic() - began
    return report


def _deliver(stack: Stack, signal: str, body: bytes, report: Report) -> None:
    headers = {**stack.headers, "content-type": "application/x-protobuf"}
    while True:
        began = time.monotonic()
        try:
            status = (
                _session().post(f"{stack.otlp_http}/v1/{signal}", data=body, headers=headers, timeout=30).status_code
            )
        except requests.RequestException:
            status = 0
        if status == requests.codes.ok:
            report.acknowledged_in.append(time.monotonic() - began)
            return
        assert status in {0, 429, 502, 503, 504}, f"the Collector answered {status}"
        report.retries += 1
        time.sleep(0.2)


_local = threading.local()


def _session() -> requests.Session:
    if not hasattr(_local, "session"):
        _local.session = requests.Session()
    session: requests.Session = _local.session
    return session


@contextmanager
def _watched(servers: list[Process], report: Report) -> Iterator[None]:
    """Sample the servers' memory while the block runs, and take their processor time at its ends."""
    end = threading.Event()

    def sample() -> None:
        while not end.wait(_SAMPLE_SECONDS):
            for server in servers:
                report.peak_bytes[server.name] = max(report.peak_bytes.get(server.name, 0), server.resident_bytes)

    before = {server.name: server.cpu_seconds for server in servers}
    sampler = threading.Thread(target=sample)
    sampler.start()
    try:
        yield
    finally:
        end.set()
        sampler.join()
        for server in servers:
            report.cpu_seconds[server.name] = server.cpu_seconds - before[server.name]
