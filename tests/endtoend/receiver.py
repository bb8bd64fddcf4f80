"""A receiver of OTLP over HTTP, as a Collector is one: it decodes what it is sent, or misbehaves."""

from __future__ import annotations

import contextlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self


class Received(NamedTuple):
    """A span or log record as received; the attributes as plain values."""

    name: str
    trace_id: str
    span_id: str
    scope: str
    attributes: dict[str, Any]
    resource: dict[str, Any]


class Receiver:
    """Listens on a port of its own choice. ``status`` is what it answers; ``hang()`` has it answer never."""

    def __init__(self) -> None:
        self.spans: list[Received] = []
        self.logs: list[Received] = []
        self.metrics: dict[str, Any] = {}
        self.status = 200
        self.asked = threading.Event()
        self._go_on = threading.Event()
        self._go_on.set()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.asked.set()
                receiver._go_on.wait()
                if receiver.status == 200:
                    receiver.take(self.path, body)
                self.send_response(receiver.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

            def handle(self) -> None:
                with contextlib.suppress(ConnectionError):  # the bot has ended
                    super().handle()

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def hang(self) -> None:
        self._go_on.clear()

    def take(self, path: str, body: bytes) -> None:
        with self._lock:
            _TAKE[path](self, body)

    def take_spans(self, body: bytes) -> None:
        for group in ExportTraceServiceRequest.FromString(body).resource_spans:
            resource = _plain(group.resource.attributes)
            for scoped in group.scope_spans:
                self.spans += [_received(span, span.name, scoped.scope.name, resource) for span in scoped.spans]

    def take_logs(self, body: bytes) -> None:
        for group in ExportLogsServiceRequest.FromString(body).resource_logs:
            resource = _plain(group.resource.attributes)
            for scoped in group.scope_logs:
                self.logs += [
                    _received(log, str(_value(log.body)), scoped.scope.name, resource) for log in scoped.log_records
                ]

    def take_metrics(self, body: bytes) -> None:
        for group in ExportMetricsServiceRequest.FromString(body).resource_metrics:
            for scoped in group.scope_metrics:
                self.metrics.update((metric.name, metric) for metric in scoped.metrics)

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._go_on.set()
        self._server.shutdown()
        self._server.server_close()


_TAKE = {"/v1/traces": Receiver.take_spans, "/v1/logs": Receiver.take_logs, "/v1/metrics": Receiver.take_metrics}


def _received(record: Any, name: str, scope: str, resource: dict[str, Any]) -> Received:
    return Received(name, record.trace_id.hex(), record.span_id.hex(), scope, _plain(record.attributes), resource)


def _plain(pairs: Any) -> dict[str, Any]:
    return {pair.key: _value(pair.value) for pair in pairs}


def _value(value: Any) -> Any:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [_value(item) for item in value.array_value.values]
    if kind == "kvlist_value":
        return _plain(value.kvlist_value.values)
    return getattr(value, kind) if kind else None
