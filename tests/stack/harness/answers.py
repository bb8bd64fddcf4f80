"""Stand-ins that listen at a backend's address and answer every export with a refusal."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple

import grpc  # type: ignore[import-untyped] # its stubs are a package of their own
from google.protobuf.duration_pb2 import Duration  # type: ignore[import-untyped] # stubs are a package of their own
from google.rpc.error_details_pb2 import RetryInfo  # type: ignore[import-untyped] # there are no stubs
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped] # the same

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

_STATUS = "grpc-status-details-bin"  # where gRPC carries a google.rpc.Status
_GRACE = 1.0


class Refusal(NamedTuple):
    """What to answer: HTTP's status (``429``) or gRPC's (``UNAVAILABLE``), and after how many seconds to come again.

    HTTP says that by ``Retry-After``, gRPC by a ``RetryInfo``; neither is sent where it is None.
    """

    status: str
    retry_after: int | None = None


class HttpAnswers:
    """Listens at ``address`` (``host:port``) over HTTP; ``refusal`` may be changed while it does."""

    def __init__(self, address: str, refusal: Refusal) -> None:
        self.refusal = refusal
        self.given: list[Refusal] = []
        host, _, port = address.rpartition(":")
        self._server = ThreadingHTTPServer((host, int(port)), self._handler())
        self._server.daemon_threads = True

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(stand_in) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - the handler has a self of its own
        class Handler(BaseHTTPRequestHandler):
            # One request a connection, so that none is left open to a server that is no more.
            protocol_version = "HTTP/1.0"

            def do_GET(self) -> None:
                self._refuse(stand_in.refusal)

            def do_POST(self) -> None:
                refusal = stand_in.refusal
                self.rfile.read(int(self.headers["content-length"]))
                self._refuse(refusal)
                stand_in.given.append(refusal)

            def _refuse(self, refusal: Refusal) -> None:
                self.send_response(int(refusal.status))
                if refusal.retry_after is not None:
                    self.send_header("retry-after", str(refusal.retry_after))
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Keep quiet."""

        return Handler


class GrpcAnswers:
    """Listens at ``address`` (``host:port``) over gRPC; ``refusal`` may be changed while it does."""

    def __init__(self, address: str, refusal: Refusal) -> None:
        self.refusal = refusal
        self.given: list[Refusal] = []
        self._server = grpc.server(ThreadPoolExecutor(4))
        self._server.add_generic_rpc_handlers((_EveryCall(self),))
        self._server.add_insecure_port(address)

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.stop(_GRACE).wait()

    def answer(self, _request: bytes, context: Any) -> bytes:
        refusal = self.refusal
        self.given.append(refusal)
        code = grpc.StatusCode[refusal.status]
        if refusal.retry_after is not None:
            status = Status(code=code.value[0], message="come again")
            status.details.add().Pack(RetryInfo(retry_delay=Duration(seconds=refusal.retry_after)))
            context.set_trailing_metadata(((_STATUS, status.SerializeToString()),))
        context.abort(code, "come again")
        raise AssertionError("abort raises")


class _EveryCall(grpc.GenericRpcHandler):  # type: ignore[misc] # its stubs are a package of their own
    def __init__(self, stand_in: GrpcAnswers) -> None:
        self._stand_in = stand_in

    def service(self, _details: Any) -> Any:
        return grpc.unary_unary_rpc_method_handler(self._stand_in.answer)
