"""How long the dashboards make one wait: ``python -m bench.dashboards [--orders 100000]``.

With so many orders in the stores (three spans and seven log records each, with the shipped configuration) and a night
of bots and faults beside them, every query of every panel is asked once, as Grafana asks it for the last 15 minutes, on
real servers (``make servers``). Ratios are to the second that a panel may take; ends with 1 where one takes more.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bench.table import show
from servers import SERVERS, binary
from tests.stack.harness import load
from tests.stack.harness.boards import page
from tests.stack.harness.night import demo
from tests.stack.harness.orders import RECORDS_EACH, Orders
from tests.stack.harness.stack import OFTEN, Stack

if TYPE_CHECKING:
    from tests.stack.harness.boards.asked import Answer

LIMIT_SECONDS = 1.0
_RATE = 1_500
_SETTLE_SECONDS = 20.0
_SLOWEST = 12


def measure(folder: Path, orders: int) -> list[Answer]:
    """Fill the stores, and ask everything once."""
    (folder / "bots").mkdir()
    with Stack(folder, environment=OFTEN) as stack:
        load.run(stack, Orders("load-bot"), _RATE, orders / _RATE)
        night = demo.run(stack, folder / "bots")
        time.sleep(_SETTLE_SECONDS)  # the queues are empty, and the stores have nothing else to do
        return page.everything(stack, night)


def report(found: list[Answer], orders: int) -> bool:
    """Print the slowest, and each source's whole; return whether all were within the limit."""
    print(f"{orders:,} orders ({orders * RECORDS_EACH:,} records) and a night of bots; {len(found)} queries, each once")
    slowest = sorted(found, key=lambda answer: answer.seconds, reverse=True)
    rows = [
        (answer.query.place, answer.query.source, f"{answer.seconds / LIMIT_SECONDS:.2f}", str(answer.found))
        for answer in slowest[:_SLOWEST]
    ]
    show("\nThe slowest", ("", "asks", "x the limit of 1 s", "series or lines"), rows)
    whole = []
    for source in ("prometheus", "loki"):
        took = sorted(answer.seconds for answer in found if answer.query.source == source)
        shares = (took[len(took) // 2], took[int(len(took) * 0.99)], took[-1])
        whole.append((source, str(len(took)), *(f"{each / LIMIT_SECONDS:.3f}" for each in shares)))
    show("\nAll, as shares of the limit", ("", "queries", "p50", "p99", "most"), whole)
    refused = [answer for answer in found if answer.trouble]
    for answer in refused:
        print(f"refused: {answer.query.place}: {answer.trouble}")
    return not refused and slowest[0].seconds < LIMIT_SECONDS


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=100_000)
    options = parser.parse_args()
    missing = [server.name for server in SERVERS if binary(server.name) is None]
    if missing:
        print(f"the dashboards are not measured, {', '.join(missing)} not being built: make servers")
        return 0
    with tempfile.TemporaryDirectory(prefix="otel-trading-bench-") as folder:
        return 0 if report(measure(Path(folder), options.orders), options.orders) else 1


if __name__ == "__main__":
    sys.exit(main())
