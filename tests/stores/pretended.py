"""A Grafana with Tempo and Loki behind it, as far as their HTTP APIs are asked: over the records of a source."""

from __future__ import annotations

import json
import re
import threading
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from tests.stores.wire import loki_metadata, loki_stream, tempo_trace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import TracebackType

    from typing_extensions import Self

    from otel_trading.story.source import Stored
    from otel_trading.telemetry.records import LogRecord, SpanRecord

PROXY = "/api/datasources/proxy/uid"
_STRING = r'"(?:[^"\\]|\\.)*"'
_SPAN_TEST = re.compile(rf"(span|event)\.([\w.]+) = ({_STRING}|\d+)")
_LOG_TEST = re.compile(rf"(\w+)=~({_STRING})")
_SECOND = 10**9


class Answer(NamedTuple):
    """What is answered: a status and a body, JSON or as it stands."""

    status: int
    body: Any


class Asked(NamedTuple):
    """A request as it came."""

    path: str
    params: dict[str, str]
    headers: dict[str, str]


class PretendedStack:
    """Listens on a port of its own choice and answers from ``spans`` and ``logs``.

    ``trouble`` gives another answer to requests whose path contains a text; ``authorization``, where set, is what
    the header has to be. The limits are those of Tempo and Loki that a question may run into.
    """

    def __init__(self, spans: Iterable[Stored[SpanRecord]], logs: Iterable[Stored[LogRecord]]) -> None:
        self.spans = list(spans)
        self.logs = list(logs)
        self.authorization = ""
        self.trouble: dict[str, Answer] = {}
        self.asked: list[Asked] = []
        self.longest_ns = 0
        self.most_entries = 5000
        self.partial = ""
        self.redirect = ""
        stack = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # an answer in one piece: else each waits 40 ms for the delayed acknowledgement of its head

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                params = {key: values[0] for key, values in parse_qs(parts.query).items()}
                answer = stack.answer(Asked(parts.path, params, dict(self.headers)))
                body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
                self.send_response(answer.status)
                self.send_header("Content-Length", str(len(body)))
                if answer.status in {301, 302}:
                    self.send_header("Location", f"{stack.redirect}/")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        for part, answer in self.trouble.items():
            if part in asked.path:
                return answer
        if self.authorization and asked.headers.get("Authorization") != self.authorization:
            return Answer(401, {"message": "Invalid username or password"})
        for uid, serve in (("tempo", self.tempo), ("loki", self.loki)):
            if asked.path.startswith(f"{PROXY}/{uid}/"):
                return serve(asked._replace(path=asked.path.removeprefix(f"{PROXY}/{uid}")))
        if asked.path.startswith(PROXY):
            return Answer(404, {"message": "Data source not found"})
        return (self.loki if asked.path.startswith("/loki/") else self.tempo)(asked)

    # Tempo

    def tempo(self, asked: Asked) -> Answer:
        path = asked.path
        if path == "/api/search":
            return self._search(asked.params)
        found = [each for each in self.spans if path == f"/api/v2/traces/{each.record.trace_id}"]
        body: dict[str, Any] = {"trace": tempo_trace(found) if found else {}, "metrics": {"inspectedBytes": "1"}}
        if self.partial:
            body |= {"status": "PARTIAL", "message": self.partial}
        return Answer(200, body) if path.startswith("/api/v2/traces/") else Answer(404, b"404 page not found\n")

    def _search(self, params: dict[str, str]) -> Answer:
        start, end = int(params["start"]), int(params["end"])
        if self.longest_ns and (end - start) * _SECOND > self.longest_ns:
            return Answer(
                400, f"range specified by start and end exceeds 1h. received start={start} end={end}".encode()
            )
        takes = _span_test(params["q"])
        found: dict[str, None] = {}
        for each in self.spans:
            if start <= each.record.start_ns // _SECOND <= end and takes(each):
                found[each.record.trace_id] = None
        traces = [{"traceID": trace_id.lstrip("0"), "durationMs": 1} for trace_id in found][: int(params["limit"])]
        return Answer(200, {"traces": traces, "metrics": {}} if traces else {"metrics": {}})

    # Loki

    def loki(self, asked: Asked) -> Answer:
        path, params, _ = asked
        start, end = int(params["start"]), int(params["end"])
        if self.longest_ns and end - start > self.longest_ns:
            return Answer(400, b"the query time range exceeds the limit (query length: 9h, limit: 1h)")
        if path == "/loki/api/v1/label/service_name/values":
            return Answer(
                200, {"status": "success", "data": sorted({loki_stream(log)["service_name"] for log in self.logs})}
            )
        limit = int(params["limit"])
        if limit > self.most_entries:
            words = f"max entries limit per query exceeded, limit > max_entries_limit_per_query ({limit} > 1)"
            return Answer(400, words.encode())
        takes = _log_test(params["query"])
        fitting = [log for log in self.logs if start <= log.record.time_ns < end and takes(log)]
        backward = params["direction"] == "backward"
        fitting.sort(key=lambda log: log.record.time_ns, reverse=backward)
        return Answer(
            200, {"status": "success", "data": {"resultType": "streams", "result": _streams(fitting[:limit])}}
        )


def _streams(logs: list[Stored[LogRecord]]) -> list[dict[str, Any]]:
    streams: dict[str, list[Any]] = defaultdict(list)
    for log in logs:
        beside = {"structuredMetadata": loki_metadata(log)}
        streams[json.dumps(loki_stream(log))].append([str(log.record.time_ns), log.record.body, beside])
    return [{"stream": json.loads(labels), "values": values} for labels, values in streams.items()]


def _span_test(query: str) -> Callable[[Stored[SpanRecord]], bool]:
    tests = [(scope, name, json.loads(value)) for scope, name, value in _SPAN_TEST.findall(query)]
    services = [json.loads(name) for name in re.findall(rf"resource\.service\.name = ({_STRING})", query)]

    def takes(each: Stored[SpanRecord]) -> bool:
        if services and each.resource.get("service.name") not in services:
            return False
        holders = {"span": [each.record.attributes], "event": [event.attributes for event in each.record.events]}
        return any(_is(attributes.get(name), value) for scope, name, value in tests for attributes in holders[scope])

    return takes


def _is(held: Any, value: str | int) -> bool:
    # TraceQL tells 1 from "1", and compares a list with each of its elements.
    return any(type(each) is type(value) and each == value for each in (held if isinstance(held, list) else [held]))


def _log_test(query: str) -> Callable[[Stored[LogRecord]], bool]:
    selector, _, filters = query.partition("}")
    [(_, services)] = _LOG_TEST.findall(selector)
    tests = [(name, re.compile(json.loads(pattern))) for name, pattern in _LOG_TEST.findall(filters)]
    service = re.compile(json.loads(services))

    def takes(log: Stored[LogRecord]) -> bool:
        kept = loki_stream(log) | loki_metadata(log)
        named = service.fullmatch(kept["service_name"])
        return bool(named) and (not tests or any(test.fullmatch(kept.get(name, "")) for name, test in tests))

    return takes
