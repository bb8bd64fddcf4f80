"""A receiver of OTLP/HTTP that counts each record once, however often it comes, and is away when it is told to be."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from bench.soak.tally import Made

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

WELL, UNAVAILABLE, HANGING, REFUSING = "well", "503", "hangs", "connection refused"


class Receiver:
    """Listens while it is not refusing; ``condition`` is one of the four above."""

    def __init__(self) -> None:
        self.condition = WELL
        self.repeated = 0
        self._spans: set[bytes] = set()
        self._logs: set[tuple[int, int, bytes, int]] = set()
        self._lock = threading.Lock()
        self._go_on = threading.Event()
        self._port = 0
        self._server: ThreadingHTTPServer | None = None

    def __enter__(self) -> Self:
        self._listen()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.become(REFUSING)

    @property
    def url(self) -> str:
        """The endpoint."""
        return f"http://127.0.0.1:{self._port}"

    def become(self, condition: str) -> None:
        """Behave otherwise from now on."""
        self.condition = condition
        self._go_on.set()
        if condition == HANGING:
            self._go_on = threading.Event()
        if condition == REFUSING and self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None
        elif condition != REFUSING and self._server is None:
            self._listen()

    def taken(self) -> Made:
        """Return how many different records came."""
        with self._lock:
            return Made(len(self._spans), len(self._logs))

    def take(self, path: str, body: bytes) -> None:
        """Take a request in."""
        if path.endswith("traces"):
            request = ExportTraceServiceRequest.FromString(body)
            scopes = [scope for resource in request.resource_spans for scope in resource.scope_spans]
            spans = [span.span_id for scope in scopes for span in scope.spans]
            self._keep(self._spans, spans)
        else:
            logs = ExportLogsServiceRequest.FromString(body)
            records = [
                (record.time_unix_nano, record.observed_time_unix_nano, record.span_id, hash(record.body.string_value))
                for resource in logs.resource_logs
                for scope in resource.scope_logs
                for record in scope.log_records
            ]
            self._keep(self._logs, records)

    def _keep(self, known: set[Any], records: list[Any]) -> None:
        with self._lock:
            before = len(known)
            known.update(records)
            self.repeated += len(records) - (len(known) - before)

    def _listen(self) -> None:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if receiver.condition == HANGING:
                    receiver._go_on.wait()
                    self.close_connection = True
                    return
                well = receiver.condition == WELL
                if well:
                    receiver.take(self.path, body)
                self.send_response(200 if well else 503)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Print nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), Handler)
        self._server.daemon_threads = True
        self._port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
