"""The bot of the soak: ``python -m bench.soak.bot FOLDER --rate R --seconds S --fork-every F --burst-every B``.

A steady rate of orders, each with two log lines and a fill; now and then it forks a worker that trades for itself, and
logs far more lines at once than any queue holds. It knows nothing of telemetry but the public API.
"""

from __future__ import annotations

import argparse
import logging
import time
from multiprocessing.context import ForkProcess
from pathlib import Path

import otel_trading
from bench.soak.tally import Tally

BURST = 30_000
WORKER_ORDERS = 40

_log = logging.getLogger("bot")


def trade(client_id: str) -> None:
    """Send one order; the venue fills it in two parts."""
    with otel_trading.order(
        venue="soak", symbol="BTC/USDT", side="buy", type="limit", quantity=2.0, price=100.0, client_id=client_id
    ) as order:
        _log.info("sending %s", client_id)
        order.submitted()
        order.acknowledged(id=f"v-{client_id}")
        order.filled(quantity=1.0, price=100.0, execution_id=f"{client_id}-1", liquidity="maker")
        order.filled(quantity=1.0, price=100.0, execution_id=f"{client_id}-2", liquidity="taker")
        _log.warning("hedged %s", client_id)


def work(name: str) -> None:
    """Trade for a while in a forked process."""
    for number in range(WORKER_ORDERS):
        trade(f"{name}-{number}")


def run(rate: float, seconds: float, fork_every: float, burst_every: float) -> None:
    """Trade at a steady rate until the time is over."""
    workers: list[ForkProcess] = []
    start = time.monotonic()
    forks = bursts = number = 0
    while (elapsed := time.monotonic() - start) < seconds:
        number += 1
        trade(f"cl-{number}")
        if elapsed > (forks + 1) * fork_every:
            forks += 1
            worker = ForkProcess(target=work, args=(f"w-{forks}",))
            worker.start()
            workers.append(worker)
        if elapsed > (bursts + 1) * burst_every:
            bursts += 1
            for line in range(BURST):
                _log.info("burst %d line %d", bursts, line)
        workers = [worker for worker in workers if worker.is_alive()]
        time.sleep(max(start + number / rate - time.monotonic(), 0))
    for worker in workers:
        worker.join(10)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    for name in ("--rate", "--seconds", "--fork-every", "--burst-every"):
        parser.add_argument(name, type=float, required=True)
    options = parser.parse_args()
    logging.basicConfig(handlers=[logging.NullHandler()])  # what a console takes is not measured
    logging.getLogger("bot").setLevel(logging.INFO)
    logging.getLogger("otel_trading").addHandler(logging.FileHandler(options.folder / "told.log"))
    Tally(options.folder)
    run(options.rate, options.seconds, options.fork_every, options.burst_every)


if __name__ == "__main__":
    main()
