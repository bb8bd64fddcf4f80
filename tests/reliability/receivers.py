"""Receivers that misbehave in ways of their own."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

from tests.endtoend.receiver import Receiver

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

_SECONDS_A_BYTE = 0.5


def answering(status: int) -> Receiver:
    """Return a receiver that answers everything with ``status``."""
    receiver = Receiver()
    receiver.status = status
    return receiver


def hanging() -> Receiver:
    """Return a receiver that takes everything and never answers."""
    receiver = Receiver()
    receiver.hang()
    return receiver


class Refusing(Receiver):
    """Nobody listens at its address."""

    def __init__(self) -> None:
        super().__init__()
        with socket.create_server(("127.0.0.1", 0)) as unused:
            self._port = unused.getsockname()[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"


class Counting(Receiver):
    """Adds up what the processes count: of each its last values, as a store of metrics has them."""

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[tuple[str, str], int] = {}

    def total(self, name: str) -> int:
        """Return the sum of a counter over all instances."""
        return sum(value for (_, counter), value in self._last.items() if counter == name)

    def take(self, path: str, body: bytes) -> None:
        super().take(path, body)
        if path == "/v1/metrics":
            for group in ExportMetricsServiceRequest.FromString(body).resource_metrics:
                instance = next(
                    pair.value.string_value for pair in group.resource.attributes if pair.key == "service.instance.id"
                )
                for metric in (metric for scoped in group.scope_metrics for metric in scoped.metrics):
                    for point in metric.sum.data_points:
                        self._last[instance, metric.name] = point.as_int


class Trickling(Receiver):
    """Answers so slowly, byte by byte, that no time-out between two bytes is ever reached."""

    def __init__(self) -> None:
        super().__init__()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._end = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def __enter__(self) -> Self:
        super().__enter__()
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._end.set()
        self._socket.close()
        super().__exit__(kind, error, traceback)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                connection, _ = self._socket.accept()
                threading.Thread(target=self._trickle, args=(connection,), daemon=True).start()

    def _trickle(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            connection.recv(1 << 20)
            for byte in b"HTTP/1.1 200 OK\r\nX-Padding: " + b"." * 10_000:
                if self._end.wait(_SECONDS_A_BYTE):
                    return
                connection.sendall(bytes([byte]))
