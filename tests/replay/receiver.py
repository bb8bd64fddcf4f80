"""A receiver of OTLP/JSON over HTTP on the loopback: it keeps what it takes, and answers as a test wants it to."""

from __future__ import annotations

import gzip
import json
import threading
import zlib
from collections import Counter
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple

from otel_trading.replay import target_of

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator

    from otel_trading.replay import Target
    from otel_trading.telemetry.store.layout import Signal

_NAMES = {
    "/v1/traces": ("resourceSpans", "scopeSpans", "spans"),
    "/v1/logs": ("resourceLogs", "scopeLogs", "logRecords"),
    "/v1/metrics": ("resourceMetrics", "scopeMetrics", "metrics"),
}
_UNPACK: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.decompress, "deflate": zlib.decompress, "": bytes}


class Asked(NamedTuple):
    """A request, and the names of the records in it: the span's, the metric's, or the log's body."""

    path: str
    headers: dict[str, str]
    body: bytes
    names: list[str]


class Reply(NamedTuple):
    """An answer. Without ``takes``, the records are not kept; without a status, the connection is closed."""

    status: int | None = 200
    body: bytes = b"{}"
    headers: dict[str, str] = {}  # noqa: RUF012 - never changed
    takes: bool = True


def refusal(status: int, message: str = "no", **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, json.dumps({"message": message}).encode(), named, takes=False)


TAKEN_BUT_UNANSWERED = Reply(None)


class Receiver(ThreadingHTTPServer):
    """``judge`` decides on each request that is OTLP/JSON; what is not is answered by 400, as a Collector does."""

    daemon_threads = True

    def __init__(self, judge: Callable[[Asked], Reply]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.judge = judge
        self.requests: list[Asked] = []
        self.taken: Counter[str] = Counter()
        self.documents: list[Any] = []
        self.scheme = "http"

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.server_address[1]}"

    def target(self, signal: Signal = "logs", **environ: str) -> Target:
        return target_of({f"OTEL_EXPORTER_OTLP_{name}": value for name, value in environ.items()}, signal, self.url)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a client that breaks off is part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    server: Receiver
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        packed = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = _UNPACK[self.headers.get("Content-Encoding", "")](packed)
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            document = json.loads(body)
            asked = Asked(self.path, headers, body, list(_found(self.path, document)))
        except (ValueError, KeyError, TypeError, AttributeError):
            self.server.requests.append(Asked(self.path, headers, body, []))
            self._answer(refusal(400, "no OTLP"))
            return
        self.server.requests.append(asked)
        reply = self.server.judge(asked)
        if reply.takes:
            self.server.taken.update(asked.names)
            self.server.documents.append(document)
        self._answer(reply)

    def _answer(self, reply: Reply) -> None:
        if reply.status is None:
            self.close_connection = True
            return
        self.send_response(reply.status)
        for name, value in {"Content-Type": "application/json", **reply.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def _found(path: str, document: Any) -> Iterator[str]:
    outer, middle, inner = _NAMES[path]
    for group in document[outer]:
        for scope in group[middle]:
            for record in scope[inner]:
                yield record["name"] if "name" in record else record["body"]["stringValue"]


def takes_all(_: Asked) -> Reply:
    return Reply()


@contextmanager
def receiver(judge: Callable[[Asked], Reply] = takes_all, *, tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Serve until the end of the block."""
    server = Receiver(judge)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
        server.scheme = "https"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
