"""Counts which numbered records lie in the stores."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import requests

from otel_trading.semconv import attributes as names
from tests.stack.harness.numbered import SERIES, SERVICE, number_of, record_id
from tests.stack.harness.receiving import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.stack.harness.numbered import Signal
    from tests.stack.harness.stack import Stack
    from tests.stack.harness.traffic import Traffic

_PAGE = 5_000
_LOOKBACK = 3_600
_NS = 1_000_000_000
_NAMED = 5


def spans(stack: Stack) -> Counter[str]:
    """Return how often each span arrived at the receiving end of traces."""
    return Counter(
        plain(span["attributes"]).get(names.TRADING_ORDER_CLIENT_ID, "")
        for span in stack.tempo.spans()
        if span["resource"].get("service.name") == SERVICE
    )


def log_lines(stack: Stack) -> set[str]:
    """Return the log records of the last hour that Loki answers with; it shows one that it has twice only once."""
    found: set[str] = set()
    end = time.time_ns() + _NS
    start = end - _LOOKBACK * _NS
    while True:
        # Without the records' attributes all lines come as one stream, and in order.
        query = f'{{service_name="{SERVICE}"}} | keep service_name'
        page = _get(
            f"{stack.loki_url}/loki/api/v1/query_range",
            {"query": query, "start": start, "end": end, "limit": _PAGE, "direction": "forward"},
        )
        lines = [line for stream in page["result"] for line in stream["values"]]
        found.update(text.removeprefix("sent ") for _, text in lines)
        if len(lines) < _PAGE:
            return found
        last = max(int(at) for at, _ in lines)
        assert last > start, f"more than {_PAGE} lines have one time, which no traffic has"
        start = last  # the page may have ended between two lines of one time


def samples(stack: Stack) -> set[str]:
    """Return the samples of the last hour in Prometheus, each by the value it has; two of one time are one there."""
    query = f'{SERIES}{{job="{SERVICE}"}}[{_LOOKBACK}s]'
    series = _get(f"{stack.prometheus_url}/api/v1/query", {"query": query})["result"]
    return {record_id(one["metric"]["instance"], int(value)) for one in series for _, value in one["values"]}


def sample_times(stack: Stack) -> dict[str, int]:
    """Return the time of each of those samples, in milliseconds since 1970."""
    query = f'{SERIES}{{job="{SERVICE}"}}[{_LOOKBACK}s]'
    series = _get(f"{stack.prometheus_url}/api/v1/query", {"query": query})["result"]
    return {
        record_id(one["metric"]["instance"], int(value)): round(at * 1000)
        for one in series
        for at, value in one["values"]
    }


def exemplars(stack: Stack) -> set[str]:
    """Return the samples of the last hour to which Prometheus has an exemplar."""
    now = time.time()
    parameters = {"query": f'{SERIES}{{job="{SERVICE}"}}', "start": now - _LOOKBACK, "end": now + 1}
    series = _get(f"{stack.prometheus_url}/api/v1/query_exemplars", parameters)
    return {
        record_id(one["seriesLabels"]["instance"], number_of(exemplar["labels"]["span_id"]))
        for one in series
        for exemplar in one["exemplars"]
    }


ARRIVED: dict[Signal, Callable[[Stack], Iterable[str]]] = {"traces": spans, "logs": log_lines, "metrics": samples}
"""By signal, what has arrived where that signal ends."""


def missing(stack: Stack, signal: Signal, wanted: set[str]) -> set[str]:
    return wanted.difference(ARRIVED[signal](stack))


def await_arrival(stack: Stack, signal: Signal, wanted: set[str], seconds: float) -> None:
    """Wait until every record of ``wanted`` has arrived; an AssertionError names some that have not."""
    assert wanted, f"no record of {signal} was acknowledged, so there is nothing to wait for"
    until = time.monotonic() + seconds
    while lacking := missing(stack, signal, wanted):
        some = sorted(lacking)[:_NAMED]
        late = (
            f"{len(lacking)} of {len(wanted)} acknowledged records of {signal} did not arrive in {seconds:g} s: {some}"
        )
        assert time.monotonic() < until, late
        time.sleep(0.5)


def await_all(stack: Stack, traffic: Traffic, seconds: float = 60.0) -> None:
    """Wait until all that ``traffic`` had acknowledged has arrived, and see that nothing was refused for good."""
    for signal in ARRIVED:
        await_arrival(stack, signal, traffic.acknowledged(signal), seconds)
    assert not traffic.problems()


def _get(url: str, parameters: dict[str, Any]) -> Any:
    answer = requests.get(url, params=parameters, timeout=30)
    assert answer.ok, f"{url}: {answer.status_code} {answer.text[:500]}"
    return answer.json()["data"]
