"""The same session with and without instrumentation: the venue and the bot see the same, nothing secret is kept."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from otel_trading.demo.venue import DEMO_KEY, DEMO_SECRET, Limits, ManualClock, VenueThread
from otel_trading.telemetry.store import StoreReader

if TYPE_CHECKING:
    from otel_trading.demo.venue import SeenRequest
    from otel_trading.telemetry.store import StoredLog, StoredSpan

SCRIPT = Path(__file__).with_name("session.py")
INSTRUMENT = [str(Path(sys.executable).with_name("opentelemetry-instrument"))]
OURS = {"OTEL_PYTHON_LOG_HANDLER_LEVEL": "debug", "OTEL_SERVICE_NAME": "bot"}
# What differs from run to run: ids that ccxt makes, the venue's port, the time and what is signed with it.
RANDOM = re.compile(r"x-TKT5PX2F[0-9a-f]+|127\.0\.0\.1:\d+|(?:timestamp|signature)=[0-9a-f]+")
VARYING_PARAMETERS = frozenset({"timestamp", "signature"})
VARYING_HEADERS = frozenset({"Sec-WebSocket-Key"})


class Run(NamedTuple):
    """What the bot got, what the venue saw, and the folder of the store."""

    got: dict[str, Any]
    seen: list[SeenRequest]
    store: Path


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    """The session without instrumentation, with it, and with it and leave to propagate: all at once."""
    frozen_ms = int((time.time() + 50) * 1000)  # ahead of the bots, as far as their recvWindow allows
    variants: dict[str, tuple[list[str], dict[str, str]]] = {
        "plain": ([], {}),
        "instrumented": (INSTRUMENT, {}),
        "propagating": (INSTRUMENT, {"OTEL_TRADING_PROPAGATE_HOSTS": "127.0.0.1"}),
    }
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    found = {}
    with contextlib.ExitStack() as stack:
        started = {}
        for name, (prefix, variables) in variants.items():
            store = tmp_path_factory.mktemp(name)
            venue = stack.enter_context(
                VenueThread(seed=7, clock=ManualClock(frozen_ms), limits=Limits(weight_1m=1_000_000))
            )
            process = stack.enter_context(
                subprocess.Popen(
                    [*prefix, sys.executable, str(SCRIPT), venue.url],
                    env=environment | OURS | variables | {"OTEL_TRADING_STORE": str(store)},
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                )
            )
            stack.callback(process.kill)
            started[name] = process, venue, store
        for name, (process, venue, store) in started.items():
            output, errors = process.communicate(timeout=60)
            assert process.returncode == 0, errors.decode()[-3000:]
            found[name] = Run(json.loads(output.splitlines()[-1]), venue.requests, store)
    return found


def same(value: object) -> str:
    """Return ``value`` as text without what differs from run to run."""
    return RANDOM.sub("*", json.dumps(value, sort_keys=True))


def shape(request: SeenRequest) -> dict[str, Any]:
    """Return all that a venue sees of a request."""
    return {
        "kind": request.kind,
        "method": request.method,
        "path": request.path,
        "params": [(name, value) for name, value in request.params.items() if name not in VARYING_PARAMETERS],
        "parameter names": list(request.params),
        "headers": [(name, value) for name, value in request.headers.items() if name not in VARYING_HEADERS],
        "header names": list(request.headers),
        "status": request.status,
    }


def test_the_session_is_worth_comparing(runs: dict[str, Run]) -> None:
    seen = runs["plain"].seen
    assert {"rest", "ws-api", "ws-api-connect", "ws-stream", "ws-stream-connect"} <= {each.kind for each in seen}
    assert len(seen) > 40
    outcomes = [outcome for calls in runs["plain"].got.values() for outcome in calls]
    assert len([outcome for outcome in outcomes if outcome[1].startswith("ccxt.base.errors")]) == 8


def test_the_venue_sees_the_same_requests_to_the_letter(runs: dict[str, Run]) -> None:
    plain, instrumented = ([same(shape(each)) for each in runs[name].seen] for name in ("plain", "instrumented"))
    assert instrumented == plain


def test_the_bot_gets_the_same_results_and_exceptions(runs: dict[str, Run]) -> None:
    for name, plain in runs["plain"].got.items():
        instrumented = runs["instrumented"].got[name]
        assert [same(each) for each in instrumented] == [same(each) for each in plain]


def test_trace_headers_would_have_been_seen(runs: dict[str, Run]) -> None:
    rest = [each.headers for each in runs["propagating"].seen if each.kind == "rest"]
    assert all("traceparent" in {name.lower() for name in headers} for headers in rest)
    assert any("secret-desk" in str(headers) for headers in rest)
    assert "traceparent" not in str(runs["instrumented"].seen).lower()
    assert "secret-desk" not in str(runs["instrumented"].seen).lower()


def recorded(run: Run) -> tuple[list[StoredSpan], list[StoredLog]]:
    """Return what stands in the store."""
    reader = StoreReader(run.store)
    return list(reader.spans()), list(reader.logs())


def test_the_session_was_recorded_with_its_debug_lines_and_exceptions(runs: dict[str, Run]) -> None:
    spans, logs = recorded(runs["instrumented"])
    bodies = [str(log.record.body) for log in logs]
    assert len([body for body in bodies if "Request:" in body]) > 20, "ccxt's own debug lines"
    assert any(body.startswith("sent http://127.0.0.1") for body in bodies)
    assert any("exception.stacktrace" in log.record.attributes for log in logs)
    assert {"submit_order binance", "amend_order binance", "cancel_order binance", "GET", "POST"} <= {
        span.record.name for span in spans
    }


def test_no_signature_key_secret_or_query_is_kept(runs: dict[str, Run]) -> None:
    run = runs["instrumented"]
    spans, logs = recorded(run)
    text = "\n".join([*(repr(span.record) for span in spans), *(repr(log.record) for log in logs)])
    signatures = {str(each.params["signature"]) for each in run.seen if "signature" in each.params}
    assert len(signatures) > 20
    assert [signature for signature in signatures if signature in text] == []
    assert (DEMO_KEY in text, DEMO_SECRET in text) == (False, False)
    assert re.findall(r"\?[a-z]\w*=[^*\s]{1,40}", text) == []
    assert re.findall(r"signature=(?!\*)[^\s]{1,40}", text) == []
    raw = b"".join(path.read_bytes() for path in run.store.rglob("*") if path.is_file())
    assert not any(signature.encode() in raw for signature in signatures)
