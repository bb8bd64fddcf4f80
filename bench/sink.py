"""An OTLP/HTTP receiver on the loopback, in a process of its own: it answers at once and counts when asked."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections import defaultdict
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from bench.delivered import Delivered
from bench.process import ROOT, plain_environment
from otel_trading.semconv.metrics import TRADING_ORDER_SUBMISSIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

_COUNT = "/count"
_received: dict[str, list[bytes]] = defaultdict(list)


class _Handler(BaseHTTPRequestHandler):
    """Keeps what is posted; bodies are decoded when the count is asked for, to take no CPU from the bot."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Take an export."""
        _received[self.path].append(self.rfile.read(int(self.headers["Content-Length"])))
        self._answer(b"")

    def do_GET(self) -> None:
        """Tell what arrived since the last time, and forget it."""
        found = json.dumps(_count()).encode() if self.path == _COUNT else b""
        _received.clear()
        self._answer(found)

    def log_message(self, *_: object) -> None:
        """Print nothing."""

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _count() -> Delivered:
    traces = [ExportTraceServiceRequest.FromString(body) for body in _received["/v1/traces"]]
    logs = [ExportLogsServiceRequest.FromString(body) for body in _received["/v1/logs"]]
    metrics = [ExportMetricsServiceRequest.FromString(body) for body in _received["/v1/metrics"]]
    counted = [
        sum(point.as_int for point in metric.sum.data_points)
        for request in metrics
        for resource in request.resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
        if metric.name == TRADING_ORDER_SUBMISSIONS.name
    ]
    return Delivered(
        sum(len(scope.spans) for each in traces for found in each.resource_spans for scope in found.scope_spans),
        sum(len(scope.log_records) for each in logs for found in each.resource_logs for scope in found.scope_logs),
        max(counted, default=0),
    )


@contextmanager
def running_sink() -> Iterator[str]:
    """Run the receiver; yields its address."""
    command = [sys.executable, "-m", "bench.sink"]
    with subprocess.Popen(command, cwd=ROOT, env=plain_environment(), stdout=subprocess.PIPE, text=True) as sink:  # noqa: S603 - this module
        try:
            assert sink.stdout is not None
            yield f"http://127.0.0.1:{int(sink.stdout.readline())}"
        finally:
            sink.terminate()


def in_sink(address: str) -> Delivered:
    """Return what the receiver at ``address`` got since it was last asked."""
    with urllib.request.urlopen(address + _COUNT, timeout=60) as answer:  # noqa: S310 - our own receiver
        return Delivered(*json.load(answer))


def main() -> None:
    """Serve until ended; prints the port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
