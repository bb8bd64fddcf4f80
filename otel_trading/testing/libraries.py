"""The libraries of a bot, instrumented for a while."""

from __future__ import annotations

import functools
import os
from contextlib import ExitStack, contextmanager
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from opentelemetry.instrumentation.dependencies import get_dist_dependency_conflicts
from opentelemetry.instrumentation.environment_variables import OTEL_PYTHON_DISABLED_INSTRUMENTATIONS

from otel_trading.distro import TradingDistro

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.metadata import EntryPoint


@contextmanager
def instrumented() -> Iterator[None]:
    """Instrument in the block what ``opentelemetry-instrument`` would instrument of what is installed.

    What is instrumented already is left as it is, also afterwards. So a suite of many tests may do this once, in a
    fixture for the whole session, rather than in each test that records: patching ccxt's classes takes some 0.1 s for
    each of its modules that is imported. ``OTEL_PYTHON_DISABLED_INSTRUMENTATIONS`` holds.
    """
    distro = TradingDistro()
    with ExitStack() as undo:
        for entry_point in _wanted():
            instrumentor = entry_point.load()()
            if instrumentor.is_instrumented_by_opentelemetry:
                continue
            distro.load_instrumentor(entry_point, skip_dep_check=True)
            if instrumentor.is_instrumented_by_opentelemetry:  # not where its library is not installed
                undo.callback(instrumentor.uninstrument)
        yield


def _wanted() -> Iterator[EntryPoint]:
    disabled = {name.strip() for name in os.environ.get(OTEL_PYTHON_DISABLED_INSTRUMENTATIONS, "").split(",")}
    if "*" not in disabled:
        yield from (entry_point for entry_point in _usable() if entry_point.name not in disabled)


@functools.cache
def _usable() -> tuple[EntryPoint, ...]:
    """Return the instrumentors whose library is there; nothing is installed while tests run."""
    return tuple(
        entry_point
        for entry_point in entry_points(group="opentelemetry_instrumentor")
        if entry_point.dist is None or get_dist_dependency_conflicts(entry_point.dist) is None
    )
