"""The process that is measured: a bot that sends orders at a steady rate, with telemetry or without.

``python -m bench.bot SIDE --orders N --rate R`` prints one line of JSON; :mod:`bench.order` runs it.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from bench.table import percentile

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.venue import Venue

WARM_UP = 100
_FLUSH_MS = 30_000


class Measured(NamedTuple):
    """What the orders of a process took.

    ``p50`` and ``p99`` are microseconds on the bot's thread in an order, ``late_p99`` from the moment the order was
    due, so that waiting for the GIL counts; ``cpu`` is microseconds an order over all threads, with the delivery.
    """

    p50: float
    p99: float
    late_p99: float
    cpu: float


def bot(side: str) -> Callable[[str], object]:
    """Return what sends an order, told its client id: a venue and a kind of telemetry, as in ``ccxt-by_hand``."""
    from bench.venue import Ccxt, Direct  # noqa: PLC0415 - each side imports what it needs and no more

    venue_name, _, telemetry = side.partition("-")
    venue: Venue = Ccxt() if venue_name == "ccxt" else Direct()
    if telemetry == "by_hand":
        return _by_hand(venue, venue_name)
    if telemetry == "ours" and venue_name == "direct":
        return _ours(venue)
    return venue.send  # without telemetry; or the instrumentor's, which opentelemetry-instrument loaded


def _by_hand(venue: Venue, venue_name: str) -> Callable[[str], object]:
    from opentelemetry.instrumentation.requests import RequestsInstrumentor  # noqa: PLC0415 - of this side only
    from opentelemetry.trace import SpanKind  # noqa: PLC0415 - the same

    from bench import plain_sdk  # noqa: PLC0415 - the same
    from bench.by_hand import ByHand  # noqa: PLC0415 - the same

    plain_sdk.set_up()
    if venue_name == "ccxt":
        RequestsInstrumentor().instrument()
        return ByHand(venue, "submit_order binance", SpanKind.CLIENT).trade
    return ByHand(venue, "order", SpanKind.INTERNAL).trade


def _ours(venue: Venue) -> Callable[[str], object]:
    from bench.ours import Ours  # noqa: PLC0415 - of this side only

    return Ours(venue).trade


def measure(trade: Callable[[str], object], orders: int, rate: float) -> Measured:
    """Send so many orders at so many a second."""
    for number in range(WARM_UP):
        trade(f"warm-{number}")
    flush()
    gc.collect()
    inside: list[float] = []
    late: list[float] = []
    cpu = time.process_time()
    start = time.perf_counter() + 0.01
    for number in range(orders):
        due = start + number / rate
        wait = due - time.perf_counter()
        if wait > 0:
            time.sleep(wait)
        began = time.perf_counter()
        trade(f"cl-{number}")
        ended = time.perf_counter()
        inside.append((ended - began) * 1e6)
        late.append((ended - due) * 1e6)
    flush()
    cpu = (time.process_time() - cpu) * 1e6 / orders
    return Measured(percentile(inside, 50), percentile(inside, 99), percentile(late, 99), cpu)


def flush() -> None:
    """Have everything delivered; without an SDK there is nothing."""
    if "opentelemetry.sdk" not in sys.modules:
        return
    from opentelemetry import metrics, trace  # noqa: PLC0415 - not where there is no telemetry
    from opentelemetry._logs import get_logger_provider  # noqa: PLC0415 - the same

    providers: tuple[Any, ...] = (trace.get_tracer_provider(), get_logger_provider(), metrics.get_meter_provider())
    for provider in providers:
        provider.force_flush(_FLUSH_MS)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("side")
    parser.add_argument("--orders", type=int, required=True)
    parser.add_argument("--rate", type=float, required=True)
    options = parser.parse_args()
    print(json.dumps(measure(bot(options.side), options.orders, options.rate)))


if __name__ == "__main__":
    main()
