"""The second line: what a program that masks nothing sends leaves the real Collector without its secrets.

The texts are those of the bot's own masking, planted wherever the Collector can look.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry.proto.metrics.v1.metrics_pb2 import Exemplar
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from tests.stack.collector_process import Collector, Sink, plain, until
from tests.stack.harness.messages import counter, log, pairs, point, request, span
from tests.stack.redaction_cases import ACCOUNTS, NAMES, ORDINARY, SECRET, STAYS, TEXTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord

pytestmark = pytest.mark.timeout(180)

KEY = "a key of these tests, of 32 bytes"
CASES = [*(text for text, _ in TEXTS.values()), *STAYS]
NAMED, PLAIN = len(CASES), len(CASES) + 1
COUNT = len(CASES) + 2


class Left:
    """What left the Collector, by the number under which it was sent."""

    def __init__(self, sink: Sink) -> None:
        self.spans = {int(plain(each.attributes)["number"]): each for each in sink.spans()}
        self.logs = {int(plain(each.attributes)["number"]): each for each in sink.records()}
        self.points = {int(plain(each.attributes)["number"]): each for each in sink.points("planted")}
        self.resources = [
            plain(group.resource.attributes)
            for one, many in ((sink.traces, "resource_spans"), (sink.logs, "resource_logs"))
            for sent in one
            for group in getattr(sent, many)
        ]

    @property
    def is_all(self) -> bool:
        return {len(self.spans), len(self.logs), len(self.points)} == {COUNT}


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Left]:
    environment = {"REDACTION_KEY": KEY}
    with Sink() as sink, Collector(tmp_path_factory.mktemp("redaction"), sink, environment=environment) as collector:
        named = dict.fromkeys(NAMES, SECRET) | dict.fromkeys(ACCOUNTS, "7")
        deep = {"request": named, "headers": [named], "pairs": [[name, SECRET] for name in NAMES]}
        resource = {f"note.{number}": text for number, text in enumerate(CASES[:40])} | named
        spans = [*map(planted_span, range(NAMED), CASES), span("named", {"number": NAMED, **named, **deep})]
        logs = [*map(planted_log, range(NAMED), CASES), log(deep, {"number": NAMED, **named, **deep})]
        points = [*map(planted_point, range(NAMED), CASES), point(attributes={"number": NAMED, **named})]
        spans.append(span("plain", {"number": PLAIN, **ORDINARY}))
        logs.append(log("plain", {"number": PLAIN, **ORDINARY}))
        points.append(point(attributes={"number": PLAIN, "trading.symbol": "BTC/USDT"}))
        for signal in ("spans", "logs"):
            collector.send(request("bot", *{"spans": spans, "logs": logs}[signal], resource=resource))
        collector.send(request("bot", counter(*points, name="planted"), resource=resource))
        until(lambda: Left(sink).is_all, 60)
        yield Left(sink)


def planted_span(number: int, text: str) -> Span:
    failed = {"exception.message": f"no {text}", "exception.stacktrace": f"in step\n{text}"}
    return span(
        text,
        {"number": number, "note": text, "map": {"inner": text, "list": [text]}, "list": ["first", text]},
        status=Status(code=Status.STATUS_CODE_ERROR, message=text),
        events=[Span.Event(name=text), Span.Event(name="exception", attributes=pairs(failed))],
    )


def planted_log(number: int, text: str) -> LogRecord:
    failed = {"exception.message": f"no {text}", "exception.stacktrace": f"in step\n{text}"}
    found = {"number": number, "note": text, "map": {"inner": text, "list": [text]}, **failed}
    return log(text, found, event_name=text if number < len(TEXTS) else "stays")


def planted_point(number: int, text: str) -> Any:
    noted = Exemplar(time_unix_nano=1, as_int=1, filtered_attributes=pairs({"note": text, "bytes": text.encode()}))
    return point(attributes={"number": number, "note": text}, exemplars=[noted])


@pytest.mark.parametrize("number", range(len(TEXTS)), ids=list(TEXTS))
def test_a_secret_is_nowhere_in_what_leaves(left: Left, number: int) -> None:
    text, hidden = list(TEXTS.values())[number]
    assert hidden in text

    assert hidden not in str(left.spans[number])
    assert hidden not in str(left.logs[number])
    assert hidden not in str(left.points[number])


@pytest.mark.parametrize("hidden", sorted({hidden for _, hidden in list(TEXTS.values())[:40]}))
def test_a_secret_is_not_in_a_resource(left: Left, hidden: str) -> None:
    assert hidden not in str(left.resources)


@pytest.mark.parametrize("number", range(len(TEXTS), len(CASES)), ids=STAYS)
def test_what_looks_alike_stays_to_the_last_character(left: Left, number: int) -> None:
    text = CASES[number]
    found, line = left.spans[number], left.logs[number]

    assert (found.name, found.status.message, found.events[0].name) == (text, text, text)
    assert plain(found.events[1].attributes)["exception.message"] == f"no {text}"
    assert plain(found.attributes)["note"] == text
    assert plain(found.attributes)["map"] == {"inner": text, "list": [text]}
    assert (line.body.string_value, plain(line.attributes)["note"]) == (text, text)
    assert plain(left.points[number].attributes)["note"] == text


@pytest.mark.parametrize("name", NAMES)
def test_the_value_under_a_secret_s_name_is_masked(left: Left, name: str) -> None:
    assert plain(left.spans[NAMED].attributes)[name] == "****"
    assert plain(left.logs[NAMED].attributes)[name] == "****"
    assert plain(left.points[NAMED].attributes)[name] == "****"
    assert {found[name] for found in left.resources} == {"****"}


def test_values_under_names_of_secrets_are_nowhere_however_deep(left: Left) -> None:
    assert "aVeryPrivate" not in f"{left.spans[NAMED]} {left.logs[NAMED]} {left.points[NAMED]} {left.resources}"


@pytest.mark.parametrize("name", ACCOUNTS)
def test_the_id_of_an_account_becomes_its_hash(left: Left, name: str) -> None:
    expected = hmac.new(KEY.encode(), b"7", hashlib.sha256).hexdigest()

    assert plain(left.spans[NAMED].attributes)[name] == expected
    assert plain(left.logs[NAMED].attributes)[name] == expected


@pytest.mark.parametrize("name", ORDINARY)
def test_other_attributes_stay_as_they_are(left: Left, name: str) -> None:
    assert plain(left.spans[PLAIN].attributes)[name] == ORDINARY[name]


def test_a_key_that_is_a_secret_is_renamed(tmp_path_factory: pytest.TempPathFactory) -> None:
    keys = {text: 1 for text, _ in TEXTS.values()}
    with Sink() as sink, Collector(tmp_path_factory.mktemp("keys"), sink) as collector:
        for message in (span("keyed", keys, events=[Span.Event(name="keyed", attributes=pairs(keys))]), log("", keys)):
            collector.send(request("bot", message, resource=keys))
        collector.send(request("bot", counter(point(attributes=keys), name="keyed")))
        until(lambda: sink.traces and sink.logs and [*sink.points("keyed")])
        left = f"{sink.traces} {sink.logs} {sink.metrics}"

    assert "masked_key" in left
    assert [hidden for _, hidden in TEXTS.values() if hidden in left] == []


def test_an_order_s_ids_are_all_that_an_exemplar_keeps(tmp_path_factory: pytest.TempPathFactory) -> None:
    kept = {"trading.order.client_id": "cl-1", "trading.order.id": "4111111111111111"}
    led = Exemplar(time_unix_nano=1, as_int=1, trace_id=b"t" * 16, filtered_attributes=pairs({**kept, "note": SECRET}))
    with Sink() as sink, Collector(tmp_path_factory.mktemp("exemplars"), sink) as collector:
        collector.send(request("bot", counter(point(exemplars=[led]), name="led")))
        until(lambda: [*sink.points("led")])
        (found,) = next(sink.points("led")).exemplars

    assert plain(found.filtered_attributes) == kept
    assert found.trace_id == b"t" * 16
