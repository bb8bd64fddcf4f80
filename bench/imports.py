"""What the start of a bot costs: importing its trading library with and without our patching, and setting telemetry up.

``python -m bench.imports [--rounds 8]``. Each import and each start is a fresh process; the sides are interleaved.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple

from bench.process import INSTRUMENT, interleaved, run
from bench.sink import running_sink
from bench.table import ratio, show, times

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LIBRARIES = {
    "alpaca": ("alpaca.trading.client", "alpaca.trading.stream", "alpaca.data.live"),
    "binance": ("binance",),
    "ccxt": ("ccxt", "ccxt.async_support", "ccxt.pro"),
    "freqtrade": ("freqtrade.freqtradebot", "freqtrade.worker"),
    "ib_async": ("ib_async",),
    "ib_insync": ("ib_insync",),
    "nautilus_trader": ("nautilus_trader.live.node",),
    "pybit": ("pybit.unified_trading",),
    "quickfix": ("quickfix",),
    "simplefix": ("simplefix",),
}
"""What a bot imports of each library, by the name of its instrumentor."""
# What the instrumentor itself imports is no part of patching: the libraries need some of the same modules.
_IMPORT = """
import importlib, importlib.metadata, time, warnings
warnings.simplefilter("ignore")
(found,) = importlib.metadata.entry_points(group="opentelemetry_instrumentor", name={library!r})
instrumentor = found.load()()
{before}
began = time.process_time()
for module in {modules!r}:
    importlib.import_module(module)
print((time.process_time() - began) * 1000)
"""
_PATCHING = "instrumentor.instrument(skip_dep_check=True)"

_PYTHON = (sys.executable, "-c")
_WITHOUT_CCXT = "import sys; assert 'ccxt' not in sys.modules"
_STORE = {"OTEL_TRADING_EXPORT": "store"}


_PATCHED = ", patched"


class Start(NamedTuple):
    """A way to start a bot that does nothing."""

    command: tuple[str, ...]
    environment: dict[str, str]


STARTS = {
    "python": Start((*_PYTHON, "pass"), {}),
    "plain SDK, set up by hand": Start((*_PYTHON, "from bench import plain_sdk; plain_sdk.set_up()"), {}),
    "opentelemetry-instrument alone": Start(
        (INSTRUMENT, *_PYTHON, "pass"),
        {
            "OTEL_PYTHON_DISTRO": "none",
            "OTEL_PYTHON_CONFIGURATOR": "none",
            "OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": "*",
        },
    ),
    "ours, no instrumentors": Start(
        (INSTRUMENT, *_PYTHON, "pass"), _STORE | {"OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": "*"}
    ),
    "ours, all but that of ccxt": Start(
        (INSTRUMENT, *_PYTHON, _WITHOUT_CCXT), _STORE | {"OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": "ccxt"}
    ),
    "ours, all, ccxt not imported": Start((INSTRUMENT, *_PYTHON, _WITHOUT_CCXT), _STORE),
    "ours, all, OTLP": Start((INSTRUMENT, *_PYTHON, _WITHOUT_CCXT), {"OTEL_TRADING_EXPORT": "otlp"}),
}
BASE = "plain SDK, set up by hand"


class Took(NamedTuple):
    """Milliseconds of a process from its start to its end: on the clock, and of CPU."""

    wall: float
    cpu: float


def measure_imports(rounds: int) -> dict[str, list[float]]:
    """Import each library that is installed so many times, plainly and patched; returns milliseconds of CPU."""
    sides = {
        f"{library}{mark}": _IMPORT.format(before=before, library=library, modules=modules)
        for library, modules in LIBRARIES.items()
        if find_spec(library) is not None
        for mark, before in (("", ""), (_PATCHED, _PATCHING))
    }
    found: dict[str, list[float]] = defaultdict(list)
    for name, source in interleaved(sides, rounds):
        found[name].append(float(run((*_PYTHON, source))))
    return found


def report_imports(found: dict[str, list[float]]) -> None:
    """Print the table."""
    names = [name for name in found if not name.endswith(_PATCHED)]
    sides = {name: (found[name], found[name + _PATCHED]) for name in names}
    plain, patched = ([sum(round_) for round_ in zip(*side, strict=True)] for side in zip(*sides.values(), strict=True))
    rows = [_import_row(name, *each) for name, each in {**sides, "all of these": (plain, patched)}.items()]
    show(
        f"Importing libraries, ms of CPU: medians of {len(plain)} rounds, each in a fresh process.",
        ("", "plain", "patched", "patching adds", ""),
        rows,
    )


def _import_row(name: str, plain: Sequence[float], patched: Sequence[float]) -> list[str]:
    added = _above(patched, plain)
    share = ratio(added, plain)
    assert share is not None
    return [name, _median(plain), _median(patched), _median(added), f"{share:+.0%}"]


def measure_starts(rounds: int) -> dict[str, list[Took]]:
    """Start each bot so many times."""
    found: dict[str, list[Took]] = defaultdict(list)
    with running_sink() as sink, tempfile.TemporaryDirectory(prefix="otel-trading-bench-") as store:
        for name, start in interleaved(STARTS, rounds):
            environment = {"OTEL_EXPORTER_OTLP_ENDPOINT": sink, "OTEL_TRADING_STORE": store} | start.environment
            began, used = time.perf_counter(), _cpu_of_children()
            run(start.command, **environment)
            found[name].append(Took((time.perf_counter() - began) * 1000, (_cpu_of_children() - used) * 1000))
    return found


def report_starts(found: dict[str, list[Took]]) -> None:
    """Print the table."""
    cpu = {name: [took.cpu for took in values] for name, values in found.items()}
    base = _above(cpu[BASE], cpu["python"])
    rows = []
    for name, values in found.items():
        added = _above(cpu[name], cpu["python"])
        factor = times(ratio(added, base)) if name != "python" else "-"
        rows.append([name, _median(took.wall for took in values), _median(cpu[name]), _median(added), factor])
    show(
        f"Starting and ending a bot that does nothing, ms: medians of {len(base)} rounds; ratios are of the CPU added "
        f"to that of python, to '{BASE}'.",
        ("", "took", "CPU", "added", ""),
        rows,
    )


def _cpu_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _above(values: Sequence[float], bases: Sequence[float]) -> list[float]:
    return [value - base for value, base in zip(values, bases, strict=True)]


def _median(values: Iterable[float]) -> str:
    return f"{statistics.median(values):.0f}"


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=8)
    options = parser.parse_args()
    report_imports(measure_imports(options.rounds))
    report_starts(measure_starts(options.rounds))


if __name__ == "__main__":
    main()
