"""A bot's local store with numbered records, and which of them the stack's stores have, and how often."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import requests

from otel_trading.semconv import metrics
from otel_trading.telemetry.records import LogRecord, SpanRecord
from otel_trading.telemetry.store.encode import LineEncoder, metrics_line
from otel_trading.telemetry.store.housekeeper import housekeeper
from otel_trading.telemetry.store.limits import StoreLimits
from otel_trading.telemetry.store.writer import SignalWriter
from tests.stack.harness.sending import unique

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from otel_trading.telemetry.records import Attributes
    from otel_trading.telemetry.store.layout import Signal
    from tests.stack.harness.stack import Stack

SECOND = 10**9
HOUR = 3600 * SECOND
DAY = 24 * HOUR
SERIES = "trading_order_submissions_total"

# Small files, so that there are some of each kind.
FILES = StoreLimits(max_bytes=0, max_days=0, file_bytes=65_536)


class Store(NamedTuple):
    """A store of one service, whose records have numbers."""

    root: Path
    service: str


def stored(root: Path, times_ns: Sequence[int], *, first: int = 0, service: str = "") -> Store:
    """Write a span, a log record and a sample for each time, some into files that are compressed, some not."""
    store = Store(root, service or unique("replayed"))
    resource: Attributes = {"service.name": store.service, "service.instance.id": "one"}
    encoder = LineEncoder(resource)
    numbered = list(enumerate(times_ns, first))
    rows = [numbered[at : at + 10] for at in range(0, len(numbered), 10)]
    write(store, "traces", (encoder.spans([span(*each) for each in row]) for row in rows))
    write(store, "logs", (encoder.logs([log_record(*each) for each in row]) for row in rows))
    write(store, "metrics", (_export(store.service, *each) for each in numbered))
    return store


def write(store: Store, signal: Signal, lines: Iterable[bytes]) -> None:
    writer = SignalWriter(store.root, store.service, signal, FILES)
    for line in lines:
        writer.write(line)
    assert housekeeper.wait(60)
    writer.close()


def span(number: int, time_ns: int) -> SpanRecord:
    return SpanRecord(
        trace_id=f"{number + 1:032x}",
        span_id=f"{number + 1:016x}",
        parent_span_id="",
        name=f"order {number}",
        kind=3,
        start_ns=time_ns,
        end_ns=time_ns + SECOND // 100,
        attributes={},
        events=(),
        links=(),
        status_code=0,
        status_message="",
        flags=257,
        scope="tests",
    )


def log_record(number: int, time_ns: int) -> LogRecord:
    return LogRecord(
        time_ns=time_ns,
        observed_ns=time_ns,
        severity_number=9,
        severity_text="INFO",
        body=f"order {number}",
        event_name="",
        attributes={},
        trace_id=f"{number + 1:032x}",
        span_id=f"{number + 1:016x}",
        flags=1,
        scope="tests",
    )


def _export(service: str, number: int, time_ns: int) -> bytes:
    instrument = metrics.TRADING_ORDER_SUBMISSIONS
    point = {"startTimeUnixNano": "1000000", "timeUnixNano": str(time_ns), "asInt": str(number)}
    data = {"aggregationTemporality": 2, "isMonotonic": True, "dataPoints": [point]}
    metric = {"name": instrument.name, "unit": instrument.unit, "sum": data}
    attributes = [
        {"key": key, "value": {"stringValue": value}}
        for key, value in (("service.name", service), ("service.instance.id", "one"))
    ]
    return metrics_line(
        {
            "resourceMetrics": [
                {"resource": {"attributes": attributes}, "scopeMetrics": [{"scope": {}, "metrics": [metric]}]}
            ]
        }
    )


def spans(stack: Stack, store: Store) -> Counter[int]:
    """Return how often each span arrived, by number."""
    found = (span for span in stack.tempo.spans() if span["resource"].get("service.name") == store.service)
    return Counter(int(span["name"].removeprefix("order ")) for span in found)


def logs(stack: Stack, store: Store, days: float = 1) -> Counter[int]:
    """Return how often Loki shows each log record, by number."""
    now = time.time_ns()
    result = _get(
        f"{stack.loki_url}/loki/api/v1/query_range",
        {
            "query": f'{{service_name="{store.service}"}}',
            "limit": "5000",
            "start": str(now - int(days * DAY)),
            "end": str(now + SECOND),
        },
    )
    return Counter(int(value[1].removeprefix("order ")) for stream in result["result"] for value in stream["values"])


def samples(stack: Stack, store: Store, days: float = 1) -> Counter[int]:
    """Return how often Prometheus has each sample, by number, which is its value."""
    query = f'{SERIES}{{job="{store.service}"}}[{int(days * 86_400)}s]'
    result = _get(f"{stack.prometheus_url}/api/v1/query", {"query": query})
    return Counter(int(value) for series in result["result"] for _, value in series["values"])


def _get(url: str, parameters: dict[str, str]) -> Any:
    answer = requests.get(url, params=parameters, timeout=30)
    assert answer.ok, f"{url}: {answer.status_code} {answer.text[:500]}"
    return answer.json()["data"]
