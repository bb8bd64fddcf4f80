"""Receivers on the loopback that answer as broken ones do."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator


class Receiver(ThreadingHTTPServer):
    """Answers every POST alike, and keeps what it was sent."""

    daemon_threads = True

    def __init__(self, status: int, headers: dict[str, str], clock_ahead: float, *, hangs: bool) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status = status
        self.headers = headers
        self.clock_ahead = clock_ahead
        self.hangs = hangs
        self.released = threading.Event()
        self.requests: list[tuple[str, dict[str, str], bytes]] = []

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a client that breaks off is part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.requests.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
        if self.server.hangs:
            self.server.released.wait(10)
            return
        self.send_response(self.server.status)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def date_time_string(self, timestamp: float | None = None) -> str:
        return super().date_time_string((timestamp or time.time()) + self.server.clock_ahead)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def receiver(
    status: int = 200,
    *,
    headers: dict[str, str] | None = None,
    clock_ahead: float = 0.0,
    hangs: bool = False,
    tls: ssl.SSLContext | None = None,
) -> Iterator[Receiver]:
    """Serve OTLP/HTTP on the loopback until the end of the block."""
    server = Receiver(status, headers or {}, clock_ahead, hangs=hangs)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        server.server_close()
        thread.join(5)


@contextmanager
def grpc_receiver(code: str = "OK") -> Iterator[str]:
    """Serve any gRPC method, with an empty answer or with an error; yield host and port."""
    import grpc  # type: ignore[import-untyped] # noqa: PLC0415 - slow to load, few tests need it; untyped

    class Handlers(grpc.GenericRpcHandler):  # type: ignore[misc] # untyped
        def service(self, details: Any) -> Any:  # noqa: ARG002 - every method is the same
            return grpc.unary_unary_rpc_method_handler(answer)

    def answer(_: bytes, context: Any) -> bytes:
        if code != "OK":
            context.abort(grpc.StatusCode[code], "no")
        return b""

    server = grpc.server(ThreadPoolExecutor(4), handlers=(Handlers(),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(None).wait(5)
