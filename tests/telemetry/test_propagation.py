"""No header of ours leaves for a venue; for a host that is allowed by name it does."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
import requests
from opentelemetry import baggage, context, propagate, trace
from opentelemetry.baggage.propagation import W3CBaggagePropagator
from opentelemetry.instrumentation.aiohttp_client import AioHttpClientInstrumentor
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.propagators.composite import CompositePropagator
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from otel_trading.telemetry.propagation import GatedPropagator

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from tests.recording import Recorded

TRACE_HEADERS = {"traceparent", "tracestate", "baggage"}
STANDARD = CompositePropagator([TraceContextTextMapPropagator(), W3CBaggagePropagator()])


class Server:
    """An HTTP server that keeps the headers it is sent."""

    def __init__(self) -> None:
        self.headers: list[dict[str, str]] = []
        seen = self.headers

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                seen.append({key.lower(): value for key, value in self.headers.items()})
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    found = Server()
    yield found
    found.close()


@pytest.fixture
def instrumented(recorded: Recorded) -> Iterator[Recorded]:
    """The stock instrumentations of requests and aiohttp, with baggage in the context."""
    RequestsInstrumentor().instrument()
    AioHttpClientInstrumentor().instrument()
    token = context.attach(baggage.set_baggage("trading.strategy", "secret-sauce"))
    before = propagate.get_global_textmap()
    yield recorded
    propagate.set_global_textmap(before)
    context.detach(token)
    AioHttpClientInstrumentor().uninstrument()
    RequestsInstrumentor().uninstrument()


def gate(hosts: Collection[str]) -> None:
    propagate.set_global_textmap(GatedPropagator(STANDARD, hosts))


def by_requests(url: str) -> None:
    requests.get(url, timeout=5)


async def by_aiohttp(url: str) -> None:
    async with aiohttp.ClientSession() as session, session.get(url):
        pass


def sent(server: Server) -> set[str]:
    (headers,) = server.headers
    return TRACE_HEADERS & headers.keys()


@pytest.mark.usefixtures("instrumented")
def test_requests_sends_headers_where_nothing_is_gated(server: Server) -> None:
    """Without this, the tests below would prove nothing."""
    propagate.set_global_textmap(STANDARD)

    by_requests(f"http://127.0.0.1:{server.port}/api/v3/time")

    assert sent(server) == {"traceparent", "baggage"}


@pytest.mark.usefixtures("instrumented")
async def test_aiohttp_sends_headers_where_nothing_is_gated(server: Server) -> None:
    """Without this, the tests below would prove nothing."""
    propagate.set_global_textmap(STANDARD)

    await by_aiohttp(f"http://127.0.0.1:{server.port}/api/v3/time")

    assert sent(server) == {"traceparent", "baggage"}


@pytest.mark.parametrize("hosts", [(), ("collector.example",), ("0.0.1",), ("",)])
@pytest.mark.usefixtures("instrumented")
def test_requests_sends_no_header_to_a_host_that_is_not_allowed(server: Server, hosts: Collection[str]) -> None:
    gate(hosts)

    by_requests(f"http://127.0.0.1:{server.port}/api/v3/time")

    assert sent(server) == set()


@pytest.mark.parametrize("hosts", [(), ("collector.example",), ("0.0.1",), ("",)])
@pytest.mark.usefixtures("instrumented")
async def test_aiohttp_sends_no_header_to_a_host_that_is_not_allowed(server: Server, hosts: Collection[str]) -> None:
    gate(hosts)

    await by_aiohttp(f"http://127.0.0.1:{server.port}/api/v3/time")

    assert sent(server) == set()


def test_requests_sends_the_trace_to_a_host_that_is_allowed(server: Server, instrumented: Recorded) -> None:
    gate({"127.0.0.1"})

    by_requests(f"http://127.0.0.1:{server.port}/")

    assert sent(server) == {"traceparent", "baggage"}
    (span,) = instrumented.spans()
    assert span.context is not None
    assert format(span.context.span_id, "016x") in server.headers[0]["traceparent"]


@pytest.mark.usefixtures("instrumented")
async def test_aiohttp_sends_the_trace_to_a_host_that_is_allowed(server: Server) -> None:
    gate({"LOCALHOST"})

    await by_aiohttp(f"http://localhost:{server.port}/")

    assert sent(server) == {"traceparent", "baggage"}


@pytest.mark.usefixtures("instrumented")
def test_the_same_machine_by_another_name_is_another_host(server: Server) -> None:
    gate({"localhost"})

    by_requests(f"http://127.0.0.1:{server.port}/")

    assert sent(server) == set()


@pytest.mark.usefixtures("instrumented")
def test_a_host_within_the_path_opens_no_gate(server: Server) -> None:
    gate({"collector.example"})

    by_requests(f"http://127.0.0.1:{server.port}/?to=http://collector.example/")

    assert sent(server) == set()


@pytest.mark.parametrize("host", ["127.0.0.1", ""])
def test_where_the_host_can_not_be_told_nothing_is_sent(recorded: Recorded, host: str) -> None:
    carrier: dict[str, str] = {}
    with recorded.tracers.get_tracer("bot").start_as_current_span("no request", attributes={"url.full": "/path"}):
        GatedPropagator(STANDARD, {host}).inject(carrier)

    assert carrier == {}


@pytest.mark.parametrize("key", ["url.full", "http.url"])
def test_the_host_is_read_from_old_and_new_names(recorded: Recorded, key: str) -> None:
    carrier: dict[str, str] = {}
    attributes = {key: "https://Collector.example:4318/v1"}
    with recorded.tracers.get_tracer("bot").start_as_current_span("GET", attributes=attributes):
        GatedPropagator(STANDARD, {"collector.example"}).inject(carrier)

    assert "traceparent" in carrier


@pytest.mark.parametrize("url", ["http://[::1", "http://[bad]/"])
def test_an_address_that_can_not_be_read_breaks_no_request(recorded: Recorded, url: str) -> None:
    carrier: dict[str, str] = {}
    with recorded.tracers.get_tracer("bot").start_as_current_span("GET", attributes={"url.full": url}):
        GatedPropagator(STANDARD, {"127.0.0.1"}).inject(carrier)

    assert carrier == {}
    assert recorded.total("trading.telemetry.errors", **{"error.type": "ValueError"}) == 1


def test_what_comes_in_is_taken_as_ever() -> None:
    carrier = {"traceparent": f"00-{'ab' * 16}-{'cd' * 8}-01"}

    found = GatedPropagator(STANDARD, ()).extract(carrier)

    assert format(trace.get_current_span(found).get_span_context().trace_id, "032x") == "ab" * 16


def test_the_fields_are_those_of_the_inner_one() -> None:
    assert GatedPropagator(STANDARD, ()).fields == STANDARD.fields
