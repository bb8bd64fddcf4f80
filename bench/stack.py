"""What the stack takes for a steady load of orders: ``python -m bench.stack [--rate 1000] [--seconds 60]``.

Needs the real servers (``make servers``). Each order is three spans and seven log records, sent to the Collector over
HTTP with the shipped configuration; Loki and Prometheus are real, in Tempo's place a Collector takes the spans. Ratios
are between the servers of one run: which of them a desk has to give more to.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from servers import SERVERS, binary
from tests.stack.harness import load
from tests.stack.harness.orders import RECORDS_EACH, Orders
from tests.stack.harness.stack import Stack

MEBIBYTE = 1024 * 1024


def measure(folder: Path, rate: int, seconds: float) -> tuple[load.Report, dict[str, int]]:
    """Run the stack under the load; returns what it took, and the memory each server may take (bytes)."""
    with Stack(folder) as stack:
        return load.run(stack, Orders("bench-bot"), rate, seconds), stack.memory_limits


def report(measured: load.Report, limits: dict[str, int], rate: int) -> None:
    """Print the figures."""
    records = measured.orders * RECORDS_EACH
    print(f"{measured.orders:,} orders ({records:,} records) in {measured.seconds:.0f} s, asked for {rate:,} a second")
    half, most = (measured.percentile(share) * 1e3 for share in (0.5, 0.99))
    print(f"acknowledged within {half:.0f} ms (p50), {most:.0f} ms (p99); {measured.retries} retries")
    collector = measured.cpu_seconds["collector"]
    for name, taken in measured.cpu_seconds.items():
        peak = measured.peak_bytes[name]
        print(
            f"{name:<11} {taken / measured.seconds:5.2f} cores  {taken / collector:4.2f} x the Collector"
            f"  {taken / records * 1e6:5.1f} us a record  {peak / MEBIBYTE:5.0f} MiB of {limits[name] / MEBIBYTE:.0f}"
        )


def run(rate: int, seconds: float) -> None:
    """Measure and print; where the servers are not built, say so."""
    missing = [server.name for server in SERVERS if binary(server.name) is None]
    if missing:
        print(f"the stack is not measured, {', '.join(missing)} not being built: make servers")
        return
    with tempfile.TemporaryDirectory(prefix="otel-trading-bench-") as folder:
        report(*measure(Path(folder), rate, seconds), rate)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=1000, help="orders a second")
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args()
    run(options.rate, options.seconds)


if __name__ == "__main__":
    main()
