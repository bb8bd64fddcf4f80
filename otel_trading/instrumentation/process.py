"""What a bot and its host tell of themselves: processor time, memory, garbage collection, threads, file descriptors.

The stock instrumentor, with a choice of its metrics: 15 series for each process. All of them would be over 100, more on
a host with many processors, disks or networks, and some take tens of milliseconds to read.
"""

from __future__ import annotations

import fnmatch
import os
from typing import TYPE_CHECKING, Any, Final

import psutil  # type: ignore[import-untyped] # its stubs are a package of their own
from opentelemetry.instrumentation.system_metrics import SystemMetricsInstrumentor
from opentelemetry.instrumentation.system_metrics.environment_variables import (
    OTEL_PYTHON_SYSTEM_METRICS_EXCLUDED_METRICS,
)
from opentelemetry.metrics import Observation, get_meter
from opentelemetry.semconv._incubating.attributes.cpu_attributes import CPU_MODE
from opentelemetry.semconv._incubating.metrics.system_metrics import SYSTEM_CPU_TIME
from opentelemetry.semconv.schemas import Schemas

from otel_trading.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from opentelemetry.metrics import CallbackOptions

STOCK: Final[Mapping[str, list[str] | None]] = {
    "process.cpu.time": ["user", "system"],
    "process.context_switches": ["involuntary"],  # the host had no processor time to give
    "process.memory.usage": None,
    "process.thread.count": None,
    "process.open_file_descriptor.count": None,
    "cpython.gc.collections": None,
    "system.memory.utilization": ["used"],
}
"""What is taken of the stock instrumentor's. Its utilization of the processor is that since the last reading by
anybody, and so wrong where two exporters read; from times it is right over any period.
"""

MODES: Final = ("user", "system", "idle", "iowait", "steal")
"""How a host spends its processors' time; ``steal`` is what a virtual machine was due and did not get."""


def wanted(environ: Mapping[str, str]) -> dict[str, list[str] | None]:
    """Return the configuration of the stock instrumentor, without what its own variable excludes."""
    return {name: what for name, what in STOCK.items() if not _excluded(name, environ)}


def _excluded(name: str, environ: Mapping[str, str]) -> bool:
    patterns = environ.get(OTEL_PYTHON_SYSTEM_METRICS_EXCLUDED_METRICS, "").split(",")
    return any(fnmatch.fnmatch(name, pattern.strip()) for pattern in patterns)


def instrument(**given: Any) -> None:
    """Put the stock instrumentor to work, and add the time of all of the host's processors together.

    The stock instrumentor gives that time for each processor: hundreds of series on a large host, from each bot there.
    """
    instrumentor = SystemMetricsInstrumentor(config=wanted(os.environ))
    if instrumentor.is_instrumented_by_opentelemetry:
        return
    instrumentor.instrument(**given)
    os.register_at_fork(after_in_child=lambda: _renew(instrumentor))
    if not _excluded(SYSTEM_CPU_TIME, os.environ):
        meter = get_meter("otel_trading", __version__, given.get("meter_provider"), Schemas.V1_36_0.value)
        meter.create_observable_counter(SYSTEM_CPU_TIME, [_cpu_time], "s", "Time of the host's processors by mode.")


def _renew(instrumentor: SystemMetricsInstrumentor) -> None:
    """Have a forked child read its own numbers; the stock instrumentor would go on with its parent's."""
    if hasattr(instrumentor, "_proc"):
        instrumentor._proc = psutil.Process()  # noqa: SLF001 - a bot that forks has no other way


def _cpu_time(_: CallbackOptions) -> Iterable[Observation]:
    return list(_modes(psutil.cpu_times()))


def _modes(times: Any) -> Iterator[Observation]:
    for mode in MODES:
        spent = getattr(times, mode, None)  # other systems than Linux have fewer
        if spent is not None:
            yield Observation(spent, {CPU_MODE: mode})
