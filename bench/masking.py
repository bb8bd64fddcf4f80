"""What masking costs a record, beside what encoding the same record costs: ``python -m bench.masking [--quick]``.

Both run on the lane's thread, never on the order's. They are measured in turns, in this run; the ratio is what counts.
"""

from __future__ import annotations

import argparse
import time
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from bench.store import RESOURCE, logs_of, named, order_of, spans_of
from bench.table import percentile, ratio, show, times
from otel_trading import settings
from otel_trading.telemetry import redact
from otel_trading.telemetry.records import LogRecord
from otel_trading.telemetry.store import LineEncoder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from otel_trading.telemetry.records import SpanRecord

ROUNDS, RECORDS = 40, 500
_PATTERNS = r"ACME-\d{6} (?i)desk-[a-z]{1,20}"
_ORDER = order_of(1)
_PLAIN = "sending buy 0.5 BTC/USDT limit at 60000.5, quote age 3 ms, id"
_LEAKY = "sent to https://api.binance.com/api/v3/order?symbol=BTCUSDT&signature=5f2c5f2c5f2c5f2c for ann@example.com"
_LONG = "Traceback (most recent call last):\n" + '  File "/srv/bot/orders.py", line 42, in step\n    send(order)\n' * 20


class Cost(NamedTuple):
    """Microseconds a record, one figure a round."""

    masked: list[float]
    encoded: list[float]


def _log(body: str) -> LogRecord:
    return logs_of(_ORDER, 1, body)[0]


def cases() -> dict[str, tuple[SpanRecord | LogRecord, str]]:
    """Return each record that is measured, and the user's patterns in force."""
    span = spans_of(_ORDER, ("submit_order binance",))[0]
    span = span._replace(attributes=named(_ORDER, trading__order__price=60_000.5, trading__order__quantity=0.5))
    return {
        "span, 10 attributes": (span, ""),
        "span, 10 attributes, an account id": (span._replace(attributes={**span.attributes, "account.id": "U7"}), ""),
        "log line, nothing to mask": (_log(_PLAIN), ""),
        "log line, nothing to mask, own patterns": (_log(_PLAIN), _PATTERNS),
        "log line, a signature and an address": (_log(_LEAKY), ""),
        "log line, a stack of 40 lines": (_log(_LONG), ""),
    }


def measure(record: SpanRecord | LogRecord, patterns: str, rounds: int, records: int) -> Cost:
    """Mask and encode a record in turns."""
    given = {"OTEL_TRADING_HASH_KEY": "of this benchmark", "OTEL_TRADING_MASK_PATTERNS": patterns}
    settings.replace_current(settings.load(given)[0])
    encoder, cost = LineEncoder(RESOURCE), Cost([], [])
    for _ in range(rounds):
        if isinstance(record, LogRecord):
            cost.masked.append(_timed(partial(redact.record, record), records))
            cost.encoded.append(_timed(partial(encoder.logs, [record]), records))
        else:
            cost.masked.append(_timed(partial(redact.record, record), records))
            cost.encoded.append(_timed(partial(encoder.spans, [record]), records))
    settings.replace_current(None)
    return cost


def _timed(work: Callable[[], object], count: int) -> float:
    begun = time.perf_counter()
    for _ in range(count):
        work()
    return (time.perf_counter() - begun) * 1e6 / count


def run(rounds: int, records: int) -> None:
    """Measure each case and print the table."""
    rows: list[Sequence[str]] = []
    for name, (record, patterns) in cases().items():
        masked, encoded = measure(record, patterns, rounds, records)
        rows.append(
            (name, f"{percentile(masked, 50):.1f}", f"{percentile(encoded, 50):.1f}", times(ratio(masked, encoded)))
        )
    show("Masking a record, off the order's thread", ("", "mask us", "encode us", "mask / encode"), rows)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="see that it runs; the figures mean little")
    quick = parser.parse_args().quick
    run(*((1, 5) if quick else (ROUNDS, RECORDS)))


if __name__ == "__main__":
    main()
