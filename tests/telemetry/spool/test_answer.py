"""Whether a receiver is away or refuses is heard from the stock exporters themselves."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import grpc  # type: ignore[import-untyped] # its stubs are a package of their own
import pytest
import requests
from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter as GrpcLogExporter
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter

from otel_trading.telemetry.spool.answer import Answer, Verdict, ask, is_otlp
from otel_trading.telemetry.spool.batch import LOGS
from tests.telemetry.spool.outage import batch

if TYPE_CHECKING:
    from collections.abc import Callable

TAKEN, AWAY, REFUSED = Verdict


class Session(requests.Session):
    """Answers by itself."""

    def __init__(self, outcome: int | Exception) -> None:
        super().__init__()
        self.outcome = outcome

    def request(self, *_: Any, **__: Any) -> requests.Response:
        if isinstance(self.outcome, Exception):
            raise self.outcome
        response = requests.Response()
        response.status_code = self.outcome
        return response


class Failure(grpc.RpcError):  # type: ignore[misc] # untyped upstream
    def __init__(self, code: grpc.StatusCode, details: str = "") -> None:
        self.code: Callable[[], grpc.StatusCode] = lambda: code
        self.details = lambda: details
        self.trailing_metadata = tuple


def by_http(outcome: int | Exception) -> Answer:
    exporter = OTLPLogExporter("http://127.0.0.1:9/v1/logs", session=Session(outcome), timeout=0.2)
    try:
        return ask(exporter, LOGS.items(batch("hello")))
    finally:
        exporter.shutdown()  # type: ignore[no-untyped-call] # untyped upstream


def by_grpc(failure: Exception | None) -> Answer:
    class Stub:
        def Export(self, **_: Any) -> None:  # noqa: N802 - gRPC's name
            if failure is not None:
                raise failure

    exporter = GrpcLogExporter("http://127.0.0.1:9", timeout=0.2)
    exporter._initialize_channel_and_stub = lambda: None  # type: ignore[method-assign] # no second connection
    exporter._client = Stub()  # type: ignore[assignment] # no connection
    try:
        return ask(exporter, LOGS.items(batch("hello")))
    finally:
        exporter.shutdown()


@pytest.mark.parametrize(
    ("outcome", "verdict", "words"),
    [
        (200, TAKEN, ""),
        (429, AWAY, "HTTP 429"),
        (502, AWAY, "HTTP 502"),
        (503, AWAY, "HTTP 503"),
        (504, AWAY, "HTTP 504"),
        (400, REFUSED, "HTTP 400"),
        (401, REFUSED, "HTTP 401"),
        (413, REFUSED, "HTTP 413"),
        (500, REFUSED, "HTTP 500"),
        (requests.ConnectionError(), AWAY, "ConnectionError"),
        (requests.ReadTimeout(), AWAY, "ReadTimeout"),
        (requests.exceptions.InvalidURL(), REFUSED, "InvalidURL"),
    ],
)
def test_what_http_answers(outcome: int | Exception, verdict: Verdict, words: str) -> None:
    assert by_http(outcome) == Answer(verdict, words)


@pytest.mark.parametrize(
    ("code", "details", "verdict"),
    [
        ("UNAVAILABLE", "", AWAY),
        ("DEADLINE_EXCEEDED", "", AWAY),
        ("RESOURCE_EXHAUSTED", "slow down", AWAY),
        ("RESOURCE_EXHAUSTED", "Received message larger than max (5000000 vs. 4194304)", REFUSED),
        ("UNAUTHENTICATED", "", REFUSED),
        ("INVALID_ARGUMENT", "", REFUSED),
    ],
)
def test_what_grpc_answers(code: str, details: str, verdict: Verdict) -> None:
    assert by_grpc(Failure(grpc.StatusCode[code], details)) == Answer(verdict, code)


def test_grpc_that_takes_it() -> None:
    assert by_grpc(None).verdict is TAKEN


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_refusal_of_whoever_sends_says_nothing_about_the_batch(status: int) -> None:
    assert by_http(status).is_of_all
    assert not by_http(400).is_of_all


def test_one_answer_is_not_taken_for_the_next() -> None:
    session = Session(401)
    exporter = OTLPLogExporter("http://127.0.0.1:9/v1/logs", session=session, timeout=0.2)
    items = LOGS.items(batch("hello"))
    assert ask(exporter, items).verdict is REFUSED

    session.outcome = 503

    assert ask(exporter, items) == Answer(AWAY, "HTTP 503")
    exporter.shutdown()  # type: ignore[no-untyped-call] # untyped upstream
    assert ask(exporter, items) == Answer(AWAY, "no answer")  # a closed one tells nothing


def test_a_port_where_nobody_listens_is_away() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    exporter = OTLPLogExporter(f"http://127.0.0.1:{port}/v1/logs", timeout=0.2)

    assert ask(exporter, LOGS.items(batch("hello"))) == Answer(AWAY, "ConnectionError")
    exporter.shutdown()  # type: ignore[no-untyped-call] # untyped upstream


def test_an_exporter_that_tells_nothing_counts_as_away() -> None:
    exporter = OTLPLogExporter("http://127.0.0.1:9/v1/logs", session=Session(400), timeout=0.2)
    del exporter._metrics
    exporter.export = lambda _: type("Result", (), {"name": "FAILURE"})()  # type: ignore[assignment,method-assign] # so too

    assert ask(exporter, []).verdict is AWAY


def test_only_exporters_of_otlp_have_a_spool() -> None:
    class Own(OTLPLogExporter):
        pass

    made = [Own(), GrpcLogExporter("http://127.0.0.1:9")]
    assert [is_otlp(each) for each in made] == [True, True]
    assert not is_otlp(InMemoryLogRecordExporter())  # type: ignore[no-untyped-call] # untyped upstream
    for each in made:
        each.shutdown()  # type: ignore[no-untyped-call] # untyped upstream
