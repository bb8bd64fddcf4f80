"""Bots that send numbered records, and know exactly which of them the Collector acknowledged."""

from __future__ import annotations

import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias

import grpc  # type: ignore[import-untyped] # its stubs are a package of their own
import requests
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.logs.v1.logs_service_pb2_grpc import LogsServiceStub
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2_grpc import MetricsServiceStub
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2_grpc import TraceServiceStub

from tests.stack.harness.numbered import SIGNALS, record_id, request

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

    from tests.stack.harness.numbered import ExportRequest, Signal
    from tests.stack.harness.stack import Stack

_TIMEOUT = 10.0
"""Seconds that a client gives one attempt: what OTEL_EXPORTER_OTLP_TIMEOUT says by default."""

_PAUSE = 0.25
"""Seconds between two attempts."""

_APART = 0.005
"""Seconds between the last record of a request and the first of the next."""

_CHANNEL = (
    # So that a client finds a server that was away as soon as it is back.
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.min_reconnect_backoff_ms", 200),
    ("grpc.max_reconnect_backoff_ms", 500),
    # The clients of one test run share no connection.
    ("grpc.use_local_subchannel_pool", 1),
)

ExportResponse: TypeAlias = "ExportTraceServiceResponse | ExportLogsServiceResponse | ExportMetricsServiceResponse"


class _Refused(NamedTuple):
    """The Collector did not take a request; ``final`` where sending it again is against the protocol."""

    reason: str
    final: bool = False


class _Transport(Protocol):
    def send(self, message: ExportRequest) -> _Refused | None:
        """Return None once the request is acknowledged."""

    def close(self) -> None: ...


class Attempts(NamedTuple):
    """What became of the requests of one signal so far."""

    refused: Counter[str]
    """Attempts that were not acknowledged, by what the client was told."""
    slowest: float
    """The longest that a request took from its first attempt to its acknowledgement, in seconds."""


class Traffic:
    """Threads that each send ``batch`` records of one signal at a steady rate, over gRPC or over HTTP.

    What is not acknowledged is sent again until it is. In a ``with`` block they send; what ``stop`` finds under way is
    given up.
    """

    def __init__(
        self,
        stack: Stack,
        *,
        rate: float = 300.0,
        batch: int = 15,
        signals: tuple[Signal, ...] = SIGNALS,
        name: str = "bot",
    ) -> None:
        """Prepare two clients over gRPC and two over HTTP for each signal, which share ``rate`` records a second.

        ``name`` begins the ids of all records, and tells those of two traffics apart.
        """
        self.batch = batch
        self._clients = [
            _Client(signal, f"{name}-{signal}-{kind}-{index}", _transport(kind, signal, stack), 4 * batch / rate, batch)
            for signal in signals
            for kind in ("grpc", "http")
            for index in range(2)
        ]

    def __enter__(self) -> Self:
        for client in self._clients:
            client.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End all clients, the requests under way too."""
        for client in self._clients:
            client.ending.set()
        for client in self._clients:
            client.join()

    def acknowledged(self, signal: Signal) -> set[str]:
        """Return the ids of all records that the Collector has answered for with a success."""
        found: set[str] = set()
        for client in self._of(signal):
            with client.lock:
                found.update(client.acknowledged)
        return found

    def attempts(self, signal: Signal) -> Attempts:
        clients = self._of(signal)
        refused: Counter[str] = Counter()
        for client in clients:
            with client.lock:
                refused += client.refused
        return Attempts(refused, max(client.slowest for client in clients))

    def problems(self) -> list[str]:
        """Return what no client should ever be told: refusals for good. Those records were not sent again."""
        return [f"{client.name}: {reason}" for client in self._clients for reason in client.problems]

    def _of(self, signal: Signal) -> list[_Client]:
        return [client for client in self._clients if client.signal == signal]


class _Client(threading.Thread):
    def __init__(self, signal: Signal, name: str, transport: _Transport, interval: float, batch: int) -> None:
        super().__init__(name=name, daemon=True)
        self.signal = signal
        self.lock = threading.Lock()
        self.ending = threading.Event()
        self.acknowledged: list[str] = []
        self.refused: Counter[str] = Counter()
        self.problems: list[str] = []
        self.slowest = 0.0
        self._transport = transport
        self._interval = interval
        self._batch = batch

    def run(self) -> None:
        number = 1
        due = time.monotonic()
        while not self.ending.wait(max(0.0, due - time.monotonic())):
            numbers = range(number, number + self._batch)
            number += self._batch
            stamped = time.monotonic()
            self._deliver(numbers)
            # After a wait the client goes on at its rate; it does not catch up. No two of its records have one time.
            due = max(due + self._interval, stamped + self._batch / 1000 + _APART)
        self._transport.close()

    def _deliver(self, numbers: range) -> None:
        message = request(self.signal, self.name, numbers)
        started = time.monotonic()
        while refused := self._transport.send(message):
            with self.lock:
                self.refused[refused.reason] += 1
                if refused.final:
                    self.problems.append(refused.reason)
            if refused.final or self.ending.wait(_PAUSE):
                return
        with self.lock:
            self.acknowledged += [record_id(self.name, number) for number in numbers]
            self.slowest = max(self.slowest, time.monotonic() - started)


_STUBS: dict[str, Any] = {"traces": TraceServiceStub, "logs": LogsServiceStub, "metrics": MetricsServiceStub}
_RESPONSES: dict[str, type[ExportResponse]] = {
    "traces": ExportTraceServiceResponse,
    "logs": ExportLogsServiceResponse,
    "metrics": ExportMetricsServiceResponse,
}
# The codes with which OTLP allows a request to be sent again.
_AGAIN_GRPC = {"CANCELLED", "DEADLINE_EXCEEDED", "RESOURCE_EXHAUSTED", "ABORTED", "OUT_OF_RANGE", "UNAVAILABLE"}
_AGAIN_HTTP = {429, 502, 503, 504}


def _transport(kind: str, signal: Signal, stack: Stack) -> _Transport:
    if kind == "grpc":
        return _Grpc(signal, stack.otlp_grpc, stack.headers)
    return _Http(signal, stack.otlp_http, stack.headers)


class _Grpc:
    def __init__(self, signal: Signal, address: str, headers: dict[str, str]) -> None:
        self._metadata = tuple(headers.items())
        self._channel = grpc.insecure_channel(address, options=_CHANNEL)
        self._stub: Any = _STUBS[signal](self._channel)

    def send(self, message: ExportRequest) -> _Refused | None:
        try:
            answer = self._stub.Export(message, timeout=_TIMEOUT, metadata=self._metadata)
        except grpc.RpcError as error:
            code = error.code().name
            return _Refused(f"{code}: {error.details()}", final=code not in _AGAIN_GRPC)
        return _in_part(answer)

    def close(self) -> None:
        self._channel.close()


class _Http:
    def __init__(self, signal: Signal, url: str, headers: dict[str, str]) -> None:
        self._url = f"{url}/v1/{signal}"
        self._session = requests.Session()
        self._session.headers.update(headers)
        self._session.headers["content-type"] = "application/x-protobuf"
        self._response = _RESPONSES[signal]

    def send(self, message: ExportRequest) -> _Refused | None:
        try:
            answer = self._session.post(self._url, message.SerializeToString(), timeout=_TIMEOUT)
        except requests.RequestException as error:
            return _Refused(type(error).__name__)
        if not answer.ok:
            words = answer.content.decode(errors="replace").strip()
            return _Refused(f"{answer.status_code}: {words}", final=answer.status_code not in _AGAIN_HTTP)
        return _in_part(self._response.FromString(answer.content))

    def close(self) -> None:
        self._session.close()


def _in_part(answer: ExportResponse) -> _Refused | None:
    told = answer.partial_success.ListFields()
    return _Refused(f"in part: {answer.partial_success}", final=True) if told else None
