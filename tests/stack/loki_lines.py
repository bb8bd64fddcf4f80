"""Log lines of any age, pushed to a running Loki past the Collector, and asked for again."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, NamedTuple

import requests

from tests.stack.harness.messages import log, request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord

DAY = 86_400
KEPT_DAYS = 30


class Line(NamedTuple):
    """A line as Loki shows it: nanoseconds since 1970, index labels, structured metadata."""

    time_ns: int
    line: str
    labels: dict[str, str]
    metadata: dict[str, str]


def line(
    body: str, attributes: Mapping[str, Any] | None = None, *, age: float = 0.0, time_ns: int | None = None
) -> LogRecord:
    """Return a log record that is ``age`` seconds old, or of the very time given."""
    then = time.time_ns() - int(age * 1e9) if time_ns is None else time_ns
    return log(body, attributes, time_unix_nano=then)


def push(url: str, bot: str, *lines: LogRecord, resource: Mapping[str, Any] | None = None) -> requests.Response:
    """Push the lines at once, as the Collector does."""
    return requests.post(
        f"{url}/otlp/v1/logs",
        data=request(bot, *lines, resource=resource).SerializeToString(),
        headers={"content-type": "application/x-protobuf"},
        timeout=60,
    )


def found(url: str, bot: str, then: str = "", *, days: float = KEPT_DAYS) -> list[Line]:
    """Return the bot's lines of the last ``days``, oldest first; ``then`` is the rest of the query."""
    now = time.time_ns()
    answer = requests.get(
        f"{url}/loki/api/v1/query_range",
        params={
            "query": f'{{service_name="{bot}"}} {then}',
            "start": str(now - int(days * DAY * 1e9)),
            "end": str(now + 60 * 10**9),
            "limit": "5000",
            "direction": "forward",
        },
        headers={"X-Loki-Response-Encoding-Flags": "categorize-labels"},
        timeout=60,
    )
    assert answer.ok, answer.text
    lines = (
        Line(int(value[0]), value[1], stream["stream"], value[2].get("structuredMetadata", {}))
        for stream in answer.json()["data"]["result"]
        for value in stream["values"]
    )
    return sorted(lines, key=lambda shown: shown.time_ns)


def flush(url: str) -> None:
    """Have Loki write what it holds in memory as chunks, as it does by itself after half an hour of rest."""
    assert requests.post(f"{url}/flush", timeout=30).ok
