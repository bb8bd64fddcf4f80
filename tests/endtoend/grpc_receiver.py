"""A receiver of OTLP over gRPC, at an address that it may leave and come back to."""

from __future__ import annotations

import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import grpc  # type: ignore[import-untyped] # its stubs are a package of their own

from tests.endtoend.receiver import Receiver

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

_SERVICES = {
    "/opentelemetry.proto.collector.trace.v1.TraceService/Export": "/v1/traces",
    "/opentelemetry.proto.collector.logs.v1.LogsService/Export": "/v1/logs",
    "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export": "/v1/metrics",
}


class GrpcReceiver(grpc.GenericRpcHandler):  # type: ignore[misc] # untyped
    """Takes what :class:`Receiver` takes; ``code`` is what it answers, by gRPC's name."""

    def __init__(self) -> None:
        self.took = Receiver()
        self.code = "OK"
        self.asked = threading.Event()
        self._server: Any = None
        with socket.create_server(("127.0.0.1", 0)) as unused:
            self._port = unused.getsockname()[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def come(self) -> None:
        """Listen."""
        self._server = grpc.server(ThreadPoolExecutor(4), handlers=(self,))
        assert self._server.add_insecure_port(f"127.0.0.1:{self._port}") == self._port
        self._server.start()

    def go(self) -> None:
        """Listen no more: connections are refused."""
        if self._server is not None:
            self._server.stop(None).wait(5)

    def service(self, details: Any) -> Any:
        path = _SERVICES[details.method]

        def answer(request: bytes, context: Any) -> bytes:
            self.asked.set()
            if self.code != "OK":
                context.abort(grpc.StatusCode[self.code], "not now")
            self.took.take(path, request)
            return b""

        return grpc.unary_unary_rpc_method_handler(answer)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.go()
        self.took._server.server_close()
