"""The real Collector with its own configuration alone, and one receiving end in place of all three stores."""

from __future__ import annotations

import gzip
import secrets
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc  # type: ignore[import-untyped] # its stubs are a package of their own
import requests
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from tests.stack.harness.built import built
from tests.stack.harness.ports import free_port
from tests.stack.harness.process import Process

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from types import TracebackType

    from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
    from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
    from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric
    from opentelemetry.proto.trace.v1.trace_pb2 import Span
    from typing_extensions import Self

FOLDER = Path(__file__).resolve().parents[2] / "collector"
CONFIGURATIONS = (FOLDER / "collector.yaml", FOLDER / "cleaning.yaml")
LAYERS = FOLDER / "layers"
HOST = "127.0.0.1"
_SECONDS = 20.0


def configured(layers: Sequence[str] = ()) -> list[str]:
    """Return the options that name the Collector's own files and these layers."""
    return [f"--config={path}" for path in (*CONFIGURATIONS, *(LAYERS / f"{name}.yaml" for name in layers))]


class Sink:
    """Takes traces over gRPC, logs and metrics over HTTP, as Tempo, Loki and Prometheus do, and keeps all of it."""

    def __init__(self) -> None:
        self.traces: list[ExportTraceServiceRequest] = []
        self.logs: list[ExportLogsServiceRequest] = []
        self.metrics: list[ExportMetricsServiceRequest] = []
        self.http = ThreadingHTTPServer((HOST, 0), self._handler())
        self.http.daemon_threads = True
        self.http_address = f"http://{HOST}:{self.http.server_address[1]}"
        self.grpc = grpc.server(ThreadPoolExecutor(2))
        handler = grpc.unary_unary_rpc_method_handler(
            self._take_traces,
            request_deserializer=ExportTraceServiceRequest.FromString,
            response_serializer=ExportTraceServiceResponse.SerializeToString,
        )
        service = "opentelemetry.proto.collector.trace.v1.TraceService"
        self.grpc.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, {"Export": handler}),))
        self.grpc_address = f"{HOST}:{self.grpc.add_insecure_port(f'{HOST}:0')}"

    def _take_traces(self, request: ExportTraceServiceRequest, _: object) -> ExportTraceServiceResponse:
        self.traces.append(request)
        return ExportTraceServiceResponse()

    def _handler(sink) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - the handler has a self of its own
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                if self.headers.get("content-encoding") == "gzip":
                    body = gzip.decompress(body)
                if self.path.endswith("/v1/logs"):
                    sink.logs.append(ExportLogsServiceRequest.FromString(body))
                else:
                    sink.metrics.append(ExportMetricsServiceRequest.FromString(body))
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Keep quiet."""

        return Handler

    def spans(self) -> Iterator[Span]:
        """Yield each span that arrived."""
        for request in list(self.traces):
            for resource in request.resource_spans:
                for scope in resource.scope_spans:
                    yield from scope.spans

    def records(self) -> Iterator[LogRecord]:
        """Yield each log record that arrived."""
        for request in list(self.logs):
            for resource in request.resource_logs:
                for scope in resource.scope_logs:
                    yield from scope.log_records

    def points(self, name: str) -> Iterator[Any]:
        """Yield each data point of the metric ``name`` that arrived."""
        for metric in self.all_metrics():
            if metric.name == name:
                yield from getattr(metric, metric.WhichOneof("data") or "").data_points

    def all_metrics(self) -> Iterator[Metric]:
        """Yield each metric that arrived."""
        for request in list(self.metrics):
            for resource in request.resource_metrics:
                for scope in resource.scope_metrics:
                    yield from scope.metrics

    def __enter__(self) -> Self:
        self.grpc.start()
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.grpc.stop(0).wait()
        self.http.shutdown()
        self.http.server_close()


class Collector:
    """The Collector as ``docker-compose.yml`` runs it, sending to a ``Sink``; ``layers`` are names of files."""

    def __init__(
        self, folder: Path, sink: Sink, layers: Sequence[str] = (), environment: Mapping[str, str] | None = None
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.token = secrets.token_urlsafe(24)
        self.otlp_grpc = f"{HOST}:{free_port()}"
        self.otlp_http = f"http://{HOST}:{free_port()}"
        self.metrics_port = free_port()
        health = f"{HOST}:{free_port()}"
        self.environment = {
            "OTLP_TOKEN": self.token,
            "REDACTION_KEY": "of these tests, at least 32 bytes",
            "COLLECTOR_OTLP_GRPC": self.otlp_grpc,
            "COLLECTOR_OTLP_HTTP": self.otlp_http.removeprefix("http://"),
            "COLLECTOR_HEALTH": health,
            "COLLECTOR_METRICS_PORT": str(self.metrics_port),
            "COLLECTOR_STORAGE": str(folder / "queue"),
            "TEMPO_OTLP": sink.grpc_address,
            "LOKI_OTLP": sink.http_address,
            "PROMETHEUS_OTLP": sink.http_address,
            "SPAN_METRICS_INTERVAL": "1s",
            **{
                f"{name}_METRICS": f"{HOST}:{free_port()}"
                for name in ("LOKI", "TEMPO", "PROMETHEUS", "GRAFANA", "KEEPER")
            },
            **(environment or {}),
        }
        self.process = Process(
            "collector",
            [built("collector"), *configured(layers)],
            self.environment,
            log=folder / "collector.log",
            ready=f"http://{health}/",
        )

    @property
    def headers(self) -> dict[str, str]:
        """What a bot's exporter sends with each request."""
        return {"authorization": f"Bearer {self.token}"}

    def send(
        self, request: ExportTraceServiceRequest | ExportLogsServiceRequest | ExportMetricsServiceRequest
    ) -> requests.Response:
        """Send one request over HTTP; anything but 200 is an AssertionError."""
        kinds: dict[type, str] = {
            ExportTraceServiceRequest: "traces",
            ExportLogsServiceRequest: "logs",
            ExportMetricsServiceRequest: "metrics",
        }
        answer = requests.post(
            f"{self.otlp_http}/v1/{kinds[type(request)]}",
            data=request.SerializeToString(),
            headers={**self.headers, "content-type": "application/x-protobuf"},
            timeout=10,
        )
        assert answer.status_code == requests.codes.ok, answer.text
        return answer

    def counted(self, name: str, **labels: str) -> float:
        """Return the sum of its own metric ``name`` over the series that have these labels."""
        page = requests.get(f"http://{HOST}:{self.metrics_port}/metrics", timeout=5).text
        wanted = [f'{key}="{value}"' for key, value in labels.items()]
        lines = (line for line in page.splitlines() if line.startswith((f"{name}{{", f"{name} ")))
        return sum(float(line.rpartition(" ")[2]) for line in lines if all(pair in line for pair in wanted))

    def __enter__(self) -> Self:
        self.process.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.process.stop()


def until(met: Callable[[], object], seconds: float = _SECONDS) -> None:
    """Wait until ``met`` returns something true; it is an AssertionError if it never does."""
    end = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < end, f"not within {seconds:g} s"
        time.sleep(0.05)


def plain(found: Sequence[KeyValue]) -> dict[str, Any]:
    """Return attributes as a plain dict."""
    return {pair.key: value_of(pair.value) for pair in found}


def value_of(found: AnyValue) -> Any:
    """Return a value of OTLP as a plain one."""
    kind = found.WhichOneof("value")
    if kind == "array_value":
        return [value_of(item) for item in found.array_value.values]
    if kind == "kvlist_value":
        return plain(found.kvlist_value.values)
    return getattr(found, kind) if kind else None
