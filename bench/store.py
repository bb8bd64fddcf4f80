"""How fast an order is found among gigabytes, and what storing a record costs.

``python -m bench.store [--gigabytes 5] [--noise 0] [--folder FOLDER]`` writes so much OTLP/JSON through the writer
that a bot uses (turned, compressed and indexed behind it), searches it, and removes it. ``--noise`` adds so many
random characters to each line of logs, for a store that is as large on the disk as it would be with hardly compressible
records.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from otel_trading.telemetry.records import LogRecord, SpanRecord
from otel_trading.telemetry.store import LineEncoder, SignalWriter, StoreLimits, StoreReader
from otel_trading.telemetry.store.housekeeper import housekeeper

if TYPE_CHECKING:
    from otel_trading.telemetry.records import Attributes

SERVICE = "grid-btc"
RESOURCE: Attributes = {
    "service.name": SERVICE,
    "service.version": "1.4.2",
    "service.instance.id": "627cc493-f310-47de-96bd-71410b7dec09",
    "deployment.environment.name": "production",
    "host.name": "trader-1",
    "process.pid": 4711,
    "telemetry.sdk.language": "python",
    "telemetry.sdk.name": "opentelemetry",
    "telemetry.sdk.version": "1.45.1",
}
START = 1_795_435_200_000_000_000
GIGABYTE = 10**9
LAG = 200  # so many orders begin before an order is filled
PAST_RECORDS = 20_000
KEEP_ALL = StoreLimits(max_bytes=0, max_days=0)


class Order(NamedTuple):
    """What differs between two orders."""

    trace_id: str
    client_id: str
    venue_id: str
    start_ns: int
    price: float


def order_of(number: int) -> Order:
    """Return the order with that number, always the same."""
    chance = random.Random(number)  # noqa: S311  # data for a benchmark
    return Order(
        trace_id=f"{chance.getrandbits(128):032x}",
        client_id=f"cl-{chance.getrandbits(48):012x}",
        venue_id=str(28_000_000_000 + number),
        start_ns=START + number * 7_000_000,
        price=round(60_000 + chance.uniform(-500, 500), 2),
    )


def named(order: Order, **more: float | str) -> Attributes:
    """Return the attributes that each record of an order carries."""
    return {
        "trading.venue": "binance",
        "trading.symbol": "BTC/USDT",
        "trading.instrument.type": "spot",
        "trading.strategy.id": "grid-btc",
        "trading.order.client_id": order.client_id,
        "trading.order.id": order.venue_id,
        "trading.order.side": "buy",
        "trading.order.type": "limit",
        **{name.replace("__", "."): value for name, value in more.items()},
    }


def spans_of(order: Order, names: tuple[str, ...]) -> list[SpanRecord]:
    """Return spans of an order."""
    more = {"trading__order__price": order.price, "trading__order__quantity": 0.5}
    chance = random.Random(order.trace_id + names[0])  # noqa: S311  # data for a benchmark
    return [
        SpanRecord(
            trace_id=order.trace_id,
            span_id=f"{chance.getrandbits(64):016x}",
            parent_span_id=f"{chance.getrandbits(64):016x}",
            name=name,
            kind=3,
            start_ns=order.start_ns + chance.randrange(10**9),
            end_ns=order.start_ns + chance.randrange(10**9, 2 * 10**9),
            attributes=named(order, **more),
            events=(),
            links=(),
            status_code=0,
            status_message="",
            flags=257,
            scope="otel_trading.instrumentation.ccxt",
        )
        for name in names
    ]


def logs_of(order: Order, count: int, body: str) -> list[LogRecord]:
    """Return log records of an order."""
    chance = random.Random(order.trace_id + body)  # noqa: S311  # data for a benchmark
    return [
        LogRecord(
            time_ns=(moment := order.start_ns + chance.randrange(10**9)),
            observed_ns=moment + chance.randrange(10**5),
            severity_number=9,
            severity_text="INFO",
            body=f"{body} {order.client_id} at {order.price} of {number}",
            event_name="",
            attributes=named(order, code__function__name="bot.orders.step", code__line__number=40 + number),
            trace_id=order.trace_id,
            span_id=f"{chance.getrandbits(64):016x}",
            flags=1,
            scope="bot.orders",
        )
        for number in range(count)
    ]


class Mould:
    """An encoded line of one order, of which lines of other orders are cast quickly."""

    def __init__(self, line: bytes, order: Order) -> None:
        self._line = line
        self._order = order
        self._span_ids = set(re.findall(rb'panId":"([0-9a-f]{16})"', line))

    def cast(self, order: Order, noise: int) -> bytes:
        """Return the line of another order."""
        mine = self._order
        line = self._line.replace(mine.trace_id.encode(), order.trace_id.encode())
        line = line.replace(mine.client_id.encode(), order.client_id.encode())
        line = line.replace(mine.venue_id.encode(), order.venue_id.encode())
        line = line.replace(str(mine.price).encode(), str(order.price).encode())
        # The leading digits of each time are those of the start; the rest stays, which keeps the order of times.
        line = line.replace(str(mine.start_ns)[:11].encode(), str(order.start_ns)[:11].encode())
        for span_id in self._span_ids:
            line = line.replace(span_id, os.urandom(8).hex().encode())
        if noise:
            line = line.replace(b"@", os.urandom(noise // 2).hex().encode(), 1)
        return line


def fill(root: Path, wanted: float, noise: int) -> tuple[int, int, int]:
    """Write so many bytes; return the number of orders, of records and of bytes."""
    encoder, first = LineEncoder(RESOURCE), order_of(0)
    mark = " @" if noise else ""
    moulds = {
        "traces": (
            Mould(encoder.spans(spans_of(first, ("submit_order binance", "POST", "order"))), first),
            Mould(encoder.spans(spans_of(first, ("order_update binance", "order_update binance"))), first),
        ),
        "logs": (
            Mould(encoder.logs(logs_of(first, 5, f"sending{mark}")), first),
            Mould(encoder.logs(logs_of(first, 5, f"filled{mark}")), first),
        ),
    }
    writers = [
        (SignalWriter(root, SERVICE, "traces", KEEP_ALL), moulds["traces"]),
        (SignalWriter(root, SERVICE, "logs", KEEP_ALL), moulds["logs"]),
    ]
    size = number = 0
    recent: list[Order] = []
    while size < wanted:
        number += 1
        recent.append(order_of(number))
        for writer, (begun, filled) in writers:
            lines = [begun.cast(recent[-1], noise)]
            if len(recent) > LAG:
                lines.append(filled.cast(recent[-1 - LAG], noise))
            for line in lines:
                writer.write(line)
                size += len(line)
        del recent[: -LAG - 1]
    for writer, _ in writers:
        writer.close()
    housekeeper.request(root / SERVICE, KEEP_ALL)
    return number, 15 * number, size


def write_cost(root: Path) -> None:
    """Print what encoding and writing a record costs the thread that does it."""
    encoder, order = LineEncoder(RESOURCE), order_of(1)
    for signal in ("traces", "logs"):
        writer = SignalWriter(root, SERVICE, "traces" if signal == "traces" else "logs", KEEP_ALL)
        spans, logs = spans_of(order, ("submit_order binance",) * 32), logs_of(order, 32, "sending")
        for batch in (1, 32):
            rounds = PAST_RECORDS // batch
            begun = time.perf_counter()
            for _ in range(rounds):
                encoder.spans(spans[:batch]) if signal == "traces" else encoder.logs(logs[:batch])
            encoded = time.perf_counter()
            line = encoder.spans(spans[:batch]) if signal == "traces" else encoder.logs(logs[:batch])
            for _ in range(rounds):
                writer.write(line)
            done = time.perf_counter()
            each = 1e6 / (rounds * batch)
            print(
                f"  {signal:7} {batch:2} a line: encode {(encoded - begun) * each:5.1f} us, "
                f"write {(done - encoded) * each:5.1f} us a record, {len(line) // batch} bytes"
            )
        writer.close()


def forget(root: Path) -> None:
    """Drop the store from the page cache."""
    os.sync()
    for path in root.rglob("*.*"):
        descriptor = os.open(path, os.O_RDONLY)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)


def search(root: Path, orders: int) -> None:
    """Print how long it takes to find an order by each of its keys."""
    order = order_of(orders // 2)
    for title, key in (("client id", order.client_id), ("venue id", order.venue_id), ("trace id", order.trace_id)):
        times = []
        reader = StoreReader(root)
        for state in ("cold", "warm", "again"):
            if state == "cold":
                forget(root)
            if state != "again":
                reader = StoreReader(root)
            begun = time.perf_counter()
            found = reader.find([key])
            times.append(f"{state} {time.perf_counter() - begun:6.3f} s")
            assert (len(found.spans), len(found.logs)) == (5, 10), found
            assert reader.warnings == []
        print(f"  by {title}: {', '.join(times)}")
    begun = time.perf_counter()
    newest = [stored for stored, _ in zip(StoreReader(root).logs(newest_first=True), range(100), strict=False)]
    print(f"  the {len(newest)} newest logs: {time.perf_counter() - begun:6.3f} s")


def run(root: Path, gigabytes: float, noise: int) -> None:
    """Fill a store, search it, and print what both took."""
    print("A record costs the thread that stores it")
    write_cost(root / "cost")
    begun = time.perf_counter()
    orders, records, size = fill(root / "store", gigabytes * GIGABYTE, noise)
    written = time.perf_counter()
    while not housekeeper.wait(1):
        pass
    done = time.perf_counter()
    paths = [path for path in (root / "store" / SERVICE).iterdir() if path.is_file()]
    sizes = {
        suffix: sum(path.stat().st_size for path in paths if path.name.endswith(suffix)) for suffix in (".gz", ".idx")
    }
    print(
        f"{size / GIGABYTE:.2f} GB of OTLP/JSON, {records:,} records of {orders:,} orders in {len(paths)} files, "
        f"written in {written - begun:.0f} s, compressed and indexed {done - written:.0f} s later\n"
        f"{sizes['.gz'] / GIGABYTE:.2f} GB on the disk ({size / sizes['.gz']:.1f} : 1), "
        f"indexes {sizes['.idx'] / GIGABYTE:.3f} GB"
    )
    print("An order's 5 spans and 10 logs are found")
    search(root / "store", orders)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gigabytes", type=float, default=1.0, help="of OTLP/JSON, before compression")
    parser.add_argument("--noise", type=int, default=0, help="random characters a line of logs")
    parser.add_argument("--folder", type=Path, help="where to make, and remove, the store")
    options = parser.parse_args()
    root = Path(tempfile.mkdtemp(prefix="otel-trading-bench-", dir=options.folder))
    try:
        run(root, options.gigabytes, options.noise)
    finally:
        shutil.rmtree(root)


if __name__ == "__main__":
    main()
