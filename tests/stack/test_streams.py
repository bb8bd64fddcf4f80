"""What the real Collector makes streams of in Loki: a bot, its environment, its events, the level of its lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from otel_trading.semconv import events
from tests.stack.collector_process import Collector, Sink, plain, until
from tests.stack.harness.messages import log, request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord

EVENTS = [name for key, name in vars(events).items() if key.isupper()]
LEVELS = {1: "trace", 4: "trace", 5: "debug", 9: "info", 13: "warn", 17: "error", 20: "error", 21: "fatal", 24: "fatal"}


class Streams:
    """A Collector, and what it sends to Loki."""

    def __init__(self, collector: Collector, sink: Sink) -> None:
        self._collector, self._sink = collector, sink

    def of(self, *records: LogRecord, resource: dict[str, Any] | None = None) -> list[tuple[dict[str, Any], LogRecord]]:
        """Send records at once; return each as it left, with the attributes of its resource, by its text."""
        before = len([*self._sink.records()])
        self._collector.send(request("bot", *records, resource=resource))
        until(lambda: len([*self._sink.records()]) == before + len(records))
        found = [
            (plain(group.resource.attributes), record)
            for sent in list(self._sink.logs)
            for group in sent.resource_logs
            for scope in group.scope_logs
            for record in scope.log_records
        ]
        return sorted(found[before:], key=lambda each: each[1].body.string_value)


@pytest.fixture(scope="module")
def streams(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Streams]:
    environment = {"SCRAPE_INTERVAL": "5s"}
    with Sink() as sink, Collector(tmp_path_factory.mktemp("streams"), sink, environment=environment) as collector:
        yield Streams(collector, sink)


def test_each_event_of_ours_has_a_stream(streams: Streams) -> None:
    found = streams.of(*(log(name, event_name=name) for name in EVENTS))

    assert [resource["event.name"] for resource, _ in found] == sorted(EVENTS)
    assert all("event.name" not in plain(record.attributes) for _, record in found)


def test_each_level_has_a_stream(streams: Streams) -> None:
    found = streams.of(*(log(f"{number:02}", severity_number=number) for number in LEVELS))

    assert [resource["severity.level"] for resource, _ in found] == [*LEVELS.values()]


def test_a_line_of_no_level_and_no_event_has_neither(streams: Streams) -> None:
    [(resource, record)] = streams.of(log("said", severity_number=0))

    assert resource == {"service.name": "bot"}
    assert plain(record.attributes) == {}


@pytest.mark.parametrize(
    "name",
    ["app.started", "trading.order.cl-1", "trading.order.fill", "mytrading.order.filled", "trading.order.filled.x"],
)
def test_an_event_that_is_not_ours_stays_beside_its_line(streams: Streams, name: str) -> None:
    [(resource, record)] = streams.of(log("said", event_name=name))

    assert "event.name" not in resource
    assert plain(record.attributes) == {"event.name": name}


def test_a_bot_makes_no_streams_of_its_own(streams: Streams) -> None:
    claimed = {"event.name": "a", "severity.level": "b", "stream.event": "c", "stream.level": "d"}

    [(resource, record)] = streams.of(log("said", claimed), resource=claimed)

    assert resource == {"service.name": "bot", "severity.level": "info"}
    assert plain(record.attributes) == {"event.name": "a", "severity.level": "b"}


def test_records_that_part_keep_all_they_carry(streams: Streams) -> None:
    sent = [
        log(
            "1 sent", {"n": "1"}, event_name=events.TRADING_ORDER_SUBMITTED, trace_id=b"\x01" * 16, span_id=b"\x02" * 8
        ),
        log("2 said", {"n": "2"}),
        log("3 sent", {"n": "3"}, event_name=events.TRADING_ORDER_SUBMITTED),
    ]

    found = streams.of(*sent, resource={"host.name": "box"})

    assert [resource["host.name"] for resource, _ in found] == ["box"] * 3
    assert [plain(record.attributes)["n"] for _, record in found] == ["1", "2", "3"]
    assert [(record.trace_id, record.time_unix_nano) for _, record in found] == [
        (record.trace_id, record.time_unix_nano) for record in sent
    ]
