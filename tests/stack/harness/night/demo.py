"""Runs the night: bots on the simulated venue and beside it, its faults one after the other, all into a stack."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from otel_trading.demo.venue import DEMO_KEY, DEMO_SECRET, VenueThread
from otel_trading.demo.venue.server import STEP_MS
from tests.endtoend.bots import INSTRUMENT, eventually
from tests.stack.harness.loki import Loki
from tests.stack.harness.prometheus import Prometheus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from otel_trading.demo.venue import Faults
    from tests.stack.harness.stack import Stack

_HERE = Path(__file__).resolve().parent
_REPOSITORY = _HERE.parents[3]
EXAMPLE = _REPOSITORY / "examples" / "ccxt_bot.py"
_REPORTER = _HERE / "reporter.py"
_SETTLED_SECONDS = 60.0


class Program(NamedTuple):
    """A bot of the night: its service, its script, where it says it runs, its strategy, what else it is given."""

    service: str
    script: Path
    environment: str
    strategy: str
    more: dict[str, str]


_UNREACHABLE = "http://127.0.0.1:9/v1/traces"

PROGRAMS = (
    Program("trend-bot", _HERE / "trader.py", "production", "", {}),
    Program("otc-bot", _REPORTER, "production", "", {}),
    Program("grid-bot", EXAMPLE, "paper", "grid-btc", {}),
    # Its traces find nobody, and wait on disk in too little room; the local store has all of them.
    Program(
        "basis-bot",
        _REPORTER,
        "paper",
        "",
        {
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": _UNREACHABLE,
            "OTEL_TRADING_SPOOL_MAX_BYTES": "200000",
            "OTEL_TRADING_EXPORT": "both",
        },
    ),
)


class Night(NamedTuple):
    """What a night left in the stores."""

    began: float
    order: str
    """The client id of an order with a decision, an answer, a fill and lines of the bot."""
    store: Path
    """The local store that the bots were given; what each of them printed is beside it, in ``SERVICE.log``."""


FAULTS: tuple[Callable[[Faults], None], ...] = (
    lambda faults: faults.latency(0.05, path="order"),
    lambda faults: faults.fail_next(
        2, status=400, code=-2010, message="Account has insufficient balance", path="order"
    ),
    lambda faults: faults.disconnect_websockets(kind="market"),
    lambda faults: faults.hang_next(2, path="/order", method="POST", processed=True),
    lambda faults: faults.skip_depth(2, symbol="BTCUSDT"),
    lambda faults: faults.fail_next(2, status=503, path="order"),
    lambda faults: faults.hold_ack(0.6, 2),
    lambda faults: faults.drop_next(1, path="/order", method="POST"),
    lambda faults: faults.disconnect_websockets(kind="user", code=1012),
    lambda faults: faults.rate_limit(0.7),
    lambda faults: faults.fill_pattern([0.4, 0.6], delays=[0.1, 0.3]),
    lambda faults: faults.silence(1.5, kind="market"),
    lambda faults: faults.rate_limit(0.3, status=418),
)
"""Each happens in its turn; then the venue is well for a while, and it begins again."""


def _misbehave(venue: VenueThread, every: float, over: threading.Event) -> None:
    faults = venue.faults
    while not any("order" in seen.path for seen in venue.requests):  # a bot that cannot even start shows nothing
        if over.wait(0.1):
            return
    while True:
        for fault in FAULTS:
            if over.wait(every):
                return
            fault(faults)
        if over.wait(every):
            return
        faults.clear()


@contextlib.contextmanager
def _misbehaving(venue: VenueThread, seconds: float) -> Iterator[None]:
    over = threading.Event()
    every = max(seconds / 2.2 / len(FAULTS), 1.0)
    thread = threading.Thread(target=_misbehave, args=(venue, every, over))
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def telemetry(stack: Stack, program: Program, store: Path) -> dict[str, str]:
    """Return what a bot's environment says of its telemetry."""
    return {
        **stack.bot_environment,
        "OTEL_SERVICE_NAME": program.service,
        "OTEL_RESOURCE_ATTRIBUTES": f"deployment.environment.name={program.environment},service.version=1.4.2",
        "OTEL_METRIC_EXPORT_INTERVAL": "1000",
        "OTEL_TRADING_STRATEGY": program.strategy,
        "OTEL_TRADING_STORE": str(store),
        **program.more,
    }


def _environment(stack: Stack, program: Program, store: Path, venue: str, seconds: float) -> dict[str, str]:
    return {
        **telemetry(stack, program, store),
        "PYTHONPATH": str(_REPOSITORY),
        "VENUE_URL": venue,
        "VENUE_KEY": DEMO_KEY,
        "VENUE_SECRET": DEMO_SECRET,
        "BOT_SECONDS": str(seconds),
        "NIGHT_SECONDS": str(seconds),
    }


def run(stack: Stack, folder: Path, seconds: float = 40.0) -> Night:
    """Let the bots trade for so long, and wait until all that they told is in the stores."""
    began = time.time()
    with (
        VenueThread(seed=7, tick_ms=STEP_MS) as venue,
        VenueThread(seed=11, tick_ms=STEP_MS) as well,
        contextlib.ExitStack() as bots,
    ):
        bots.enter_context(_misbehaving(venue, seconds))
        venues = {EXAMPLE: well.url}
        running = [
            bots.enter_context(_started(stack, folder, each, venues.get(each.script, venue.url), seconds))
            for each in PROGRAMS
        ]
        for program, bot in zip(PROGRAMS, running, strict=True):
            code = bot.wait(seconds + _SETTLED_SECONDS)
            words = (folder / f"{program.service}.log").read_text()
            # The reporter ends with an exception, as it is to.
            assert code == (1 if program.script == _REPORTER else 0), f"{program.service}: {code}, {words[-2000:]}"
    return Night(began, arrived(stack), folder)


@contextlib.contextmanager
def _started(
    stack: Stack, folder: Path, program: Program, venue: str, seconds: float
) -> Iterator[subprocess.Popen[bytes]]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    environment = inherited | _environment(stack, program, folder, venue, seconds)
    command = [INSTRUMENT, sys.executable, str(program.script)]
    with (folder / f"{program.service}.log").open("wb") as log:
        bot = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT, cwd=folder)
        try:
            yield bot
        finally:
            bot.kill()
            bot.wait()


_FIRST = 'trading_order_client_id=~".*-0*1"'  # the first order of a bot: a long night has more than one may ask for


def arrived(stack: Stack) -> str:
    """Wait until logs, metrics and span metrics of each bot are there; return the client id of a filled order."""
    loki, prometheus = Loki(stack.loki_url), Prometheus(stack.prometheus_url)
    for program in PROGRAMS:
        name = f'service_name="{program.service}"'
        eventually(lambda of=name: loki.entries(f"{{{of}}} | {_FIRST}"), _SETTLED_SECONDS)
        eventually(lambda of=name: prometheus.query(f"trading_order_submissions_total{{{of}}}"), _SETTLED_SECONDS)
        if "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT" not in program.more:
            eventually(lambda of=name: prometheus.query(f"traces_span_metrics_calls_total{{{of}}}"), _SETTLED_SECONDS)
    filled = f'{{service_name="otc-bot"}} | event_name="trading.order.filled" | {_FIRST}'
    return str(eventually(lambda: loki.entries(filled), _SETTLED_SECONDS)[0].metadata["trading_order_client_id"])
