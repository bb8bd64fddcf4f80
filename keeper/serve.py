"""``/metrics`` for the Collector's scraper and ``/health`` for Docker."""

from __future__ import annotations

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from keeper.queues import Queues
    from keeper.watch import Watch

# A walk over a very large folder may take long, and the keeper rests after it (see main).
_LATE_SECONDS = 900.0
_ASIDE = "keeper_queues_put_aside_total"


class _Metric(NamedTuple):
    name: str
    kind: str
    help: str
    value: Callable[[Watch, float], float]


def _oldest(watch: Watch, now: float) -> float:
    return max(0.0, now - min((piece.newest for piece in watch.usage.pieces), default=now))


def _pace(watch: Watch, _now: float) -> float:
    return watch.store.fastest if watch.state.pace is None else watch.state.pace


_METRICS = (
    _Metric("keeper_store_used_bytes", "gauge", "All that the store's folder takes.", lambda w, _: w.usage.total),
    _Metric("keeper_store_limit_bytes", "gauge", "What it may take.", lambda w, _: w.store.limit),
    _Metric("keeper_store_free_bytes", "gauge", "What the folder's disk has left.", lambda w, _: w.free),
    _Metric("keeper_store_retention_seconds", "gauge", "The retention in force.", lambda w, _: w.state.retention),
    _Metric("keeper_store_retention_set_seconds", "gauge", "The retention by time.", lambda w, _: w.store.longest),
    _Metric("keeper_store_oldest_seconds", "gauge", "The age of the oldest data.", _oldest),
    _Metric("keeper_store_short", "gauge", "1: even the shortest retention is too long.", lambda w, _: w.state.short),
    _Metric("keeper_store_pace_bytes_per_second", "gauge", "New data that is taken.", _pace),
    _Metric("keeper_store_refusing", "gauge", "1: no new data is taken for now.", lambda w, _: w.state.refusing),
    _Metric("keeper_failures_total", "counter", "Rounds that failed.", lambda w, _: w.failures),
    _Metric("keeper_last_success_timestamp_seconds", "gauge", "When a round last worked.", lambda w, _: w.succeeded),
)


def metrics(watches: list[Watch], queues: Queues | None, now: float) -> str:
    """Return what is known in Prometheus' text format."""
    lines = []
    for metric in _METRICS:
        lines += [f"# HELP {metric.name} {metric.help}", f"# TYPE {metric.name} {metric.kind}"]
        lines += [
            f'{metric.name}{{store="{watch.store.name}"}} {float(metric.value(watch, now))!r}' for watch in watches
        ]
    if queues:
        lines += [f"# HELP {_ASIDE} Damaged files of the Collector's queues.", f"# TYPE {_ASIDE} counter"]
        lines.append(f"{_ASIDE} {queues.put_aside}")
    return "\n".join(lines) + "\n"


def health(watches: list[Watch], now: float) -> tuple[bool, str]:
    """Return whether each store's override stands and is looked after, and a line on each.

    A limit that cannot be held is no fault of the keeper, and no reason not to start what waits for its health.
    """
    troubles = {watch.store.name: _trouble(watch, now) for watch in watches}
    return not any(troubles.values()), "".join(f"{name}: {trouble or 'ok'}\n" for name, trouble in troubles.items())


def _trouble(watch: Watch, now: float) -> str:
    if watch.trouble:
        return watch.trouble
    return "" if now - watch.succeeded <= _LATE_SECONDS else "no round has worked for long"


def start(watches: list[Watch], queues: Queues | None, host: str, port: int) -> ThreadingHTTPServer:
    """Serve from a thread of its own; raises OSError if the address cannot be had."""

    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_GET(self) -> None:
            if self.path == "/metrics":
                self._answer(200, metrics(watches, queues, time.time()), "text/plain; version=0.0.4; charset=utf-8")
            elif self.path == "/health":
                well, text = health(watches, time.time())
                self._answer(200 if well else 503, text)
            else:
                self._answer(404, "there is /metrics and /health\n")

        def _answer(self, status: int, text: str, kind: str = "text/plain; charset=utf-8") -> None:
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Print nothing: a line per scrape tells nobody anything."""

    server = ThreadingHTTPServer((host, port), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="serve", daemon=True).start()
    return server
