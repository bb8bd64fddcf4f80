"""The venue as a process: prints one line when it is ready, and ends on SIGTERM or SIGINT."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys

from otel_trading.demo.venue.server import STEP_MS, Venue


def main(arguments: list[str] | None = None) -> int:
    """Run the venue until it is told to end."""
    parser = argparse.ArgumentParser(prog="python -m otel_trading.demo.venue", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="loopback address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=0, help="port to listen on, 0 for a free one")
    parser.add_argument("--seed", type=int, default=0, help="what decides prices, ids and fills")
    parser.add_argument("--tick-ms", type=int, default=STEP_MS, help="milliseconds between steps; 0: by hand")
    parser.add_argument("--speed", type=float, default=1.0, help="how many times faster the market moves")
    options = parser.parse_args(arguments)
    asyncio.run(_serve(options))
    return 0


async def _serve(options: argparse.Namespace) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with Venue(
        seed=options.seed,
        host=options.host,
        port=options.port,
        tick_ms=options.tick_ms or None,
        speed=options.speed,
    ) as venue:
        sys.stdout.write(f"venue ready on {venue.url}\n")
        sys.stdout.flush()
        await stop.wait()


if __name__ == "__main__":
    sys.exit(main())
