"""What telemetry costs an order, on the bot's thread and over all: none, written by hand, and ours, side by side.

``python -m bench.order [--orders 1000] [--rate 250] [--rounds 4]``. Each side runs in fresh processes, interleaved
with the others; what it delivered is counted where it was sent to.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

from bench.bot import WARM_UP, Measured
from bench.delivered import Delivered, in_store
from bench.process import INSTRUMENT, interleaved, run_json
from bench.sink import in_sink, running_sink
from bench.table import ratio, show, times
from bench.venue import STRATEGY


class Side(NamedTuple):
    """What is measured: the bot's side, the side without telemetry, and where telemetry goes, if any."""

    bot: str
    bare: str
    target: str = ""

    @property
    def instrumented(self) -> bool:
        """Whether the bot is started with ``opentelemetry-instrument``."""
        return self.bot.endswith("-ours")


SIDES = {
    "no telemetry": Side("direct-none", "no telemetry"),
    "plain SDK by hand, OTLP": Side("direct-by_hand", "no telemetry", "otlp"),
    "ours, local store": Side("direct-ours", "no telemetry", "store"),
    "ours, OTLP": Side("direct-ours", "no telemetry", "otlp"),
    "ccxt, no telemetry": Side("ccxt-none", "ccxt, no telemetry"),
    "ccxt, by hand, OTLP": Side("ccxt-by_hand", "ccxt, no telemetry", "otlp"),
    "ccxt, ours, local store": Side("ccxt-ours", "ccxt, no telemetry", "store"),
    "ccxt, ours, OTLP": Side("ccxt-ours", "ccxt, no telemetry", "otlp"),
}
BASE = "plain SDK by hand, OTLP"
ORDERS = 1000
RATE = 250.0  # at 500 a second ccxt alone keeps a slow core busy half the time
ROUNDS = 4


class Found(NamedTuple):
    """What one process measured and what it delivered."""

    measured: Measured
    delivered: Delivered


def run_side(side: Side, sink: str, orders: int, rate: float) -> Found:
    """Run a side once."""
    command = [sys.executable, "-m", "bench.bot", side.bot, "--orders", str(orders), "--rate", str(rate)]
    if side.instrumented:
        command.insert(0, INSTRUMENT)
    environment = {"OTEL_SERVICE_NAME": "bench", "OTEL_TRADING_STRATEGY": STRATEGY, "OTEL_EXPORTER_OTLP_ENDPOINT": sink}
    with tempfile.TemporaryDirectory(prefix="otel-trading-bench-") as folder:
        if side.target == "store":
            environment |= {"OTEL_TRADING_EXPORT": "store", "OTEL_TRADING_STORE": folder}
        measured = Measured(*run_json(command, **environment))
        return Found(measured, in_store(Path(folder)) if side.target == "store" else in_sink(sink))


def measure(orders: int, rate: float, rounds: int) -> dict[str, list[Found]]:
    """Run all sides so many times."""
    found: dict[str, list[Found]] = defaultdict(list)
    with running_sink() as sink:
        for name, side in interleaved(SIDES, rounds):
            found[name].append(run_side(side, sink, orders, rate))
    return found


def cost(found: dict[str, list[Found]], name: str, column: str) -> list[float]:
    """Return what telemetry added in each round."""
    with_it, without = found[name], found[SIDES[name].bare]
    return [
        getattr(one.measured, column) - getattr(bare.measured, column)
        for one, bare in zip(with_it, without, strict=True)
    ]


def report(found: dict[str, list[Found]], orders: int, rate: float) -> None:
    """Print the table."""
    rows = []
    for name, side in SIDES.items():
        cells = [name]
        for column in Measured._fields:
            cells.append(f"{statistics.median(getattr(one.measured, column) for one in found[name]):.0f}")
            added = name != side.bare
            cells.append(times(ratio(cost(found, name, column), cost(found, BASE, column))) if added else "-")
        counts = Delivered(*(min(column) for column in zip(*(one.delivered for one in found[name]), strict=True)))
        cells.append(counts.per_order(orders + WARM_UP) if side.target else "-")
        rows.append(cells)
    show(
        f"An order's telemetry: 1 span, 3 events, 10 measurements (ccxt: 1 span more, of HTTP), {orders} orders "
        f"at {rate:g} a second.\n"
        f"Medians of {len(found[BASE])} rounds, us an order; each ratio is of what telemetry added, to what it added "
        f"in '{BASE}'.\n"
        "p50, p99: on the bot's thread; late p99: from when the order was due, waiting for the GIL included; "
        "CPU: all threads, delivery included.\n"
        "delivered: spans, logs and orders counted by metrics that arrived, an order, in the worst round.",
        ("", "p50", "", "p99", "", "late p99", "", "CPU", "", "delivered"),
        rows,
    )


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=ORDERS)
    parser.add_argument("--rate", type=float, default=RATE, help="orders a second")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    report(measure(options.orders, options.rate, options.rounds), options.orders, options.rate)


if __name__ == "__main__":
    main()
