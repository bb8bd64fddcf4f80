"""All benchmarks, one after the other: ``python -m bench [--quick]``; each alone by ``python -m bench.NAME``.

Every figure is a ratio of sides that were measured side by side, interleaved, in this run; absolute times are those of
this machine in this minute. No time is asserted.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from bench import imports, masking, order, stack, store


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="see that all runs; the figures mean little")
    quick = parser.parse_args().quick
    rounds = 1 if quick else 8
    imports.report_imports(imports.measure_imports(rounds))
    print()
    imports.report_starts(imports.measure_starts(rounds))
    print()
    orders, rate, rounds = (50, 500.0, 1) if quick else (order.ORDERS, order.RATE, order.ROUNDS)
    order.report(order.measure(orders, rate, rounds), orders, rate)
    print()
    masking.run(*((1, 5) if quick else (masking.ROUNDS, masking.RECORDS)))
    print()
    with tempfile.TemporaryDirectory(prefix="otel-trading-bench-") as folder:
        store.run(Path(folder), 0.01 if quick else 0.2, 0)
    print()
    stack.run(*((100, 5) if quick else (1_000, 60)))


if __name__ == "__main__":
    main()
