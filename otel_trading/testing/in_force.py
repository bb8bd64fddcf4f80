"""Providers in force for a while.

OpenTelemetry's API lets each provider be set once in a process, and has no way back. A test needs one. This is the one
place that looks into the API's globals.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from opentelemetry import trace
from opentelemetry._logs import _internal as logs
from opentelemetry.metrics import _internal as meters
from opentelemetry.util._once import Once

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from opentelemetry.sdk.metrics import MeterProvider

    from otel_trading.testing.providers import Providers


class Replacement(NamedTuple):
    """A global of a module, and what is to stand in its place."""

    module: ModuleType
    name: str
    value: object


def replacements(providers: Providers) -> list[Replacement]:
    """Return what puts ``providers`` in force.

    As under ``opentelemetry-instrument``, an application that then sets a provider of its own is told that one is set.
    """
    return [
        Replacement(trace, "_TRACER_PROVIDER", providers.tracers),
        Replacement(trace, "_TRACER_PROVIDER_SET_ONCE", _spent()),
        Replacement(logs, "_LOGGER_PROVIDER", providers.loggers),
        Replacement(logs, "_LOGGER_PROVIDER_SET_ONCE", _spent()),
        Replacement(meters, "_METER_PROVIDER", providers.meters),
        Replacement(meters, "_METER_PROVIDER_SET_ONCE", _spent()),
    ]


@contextmanager
def in_force(providers: Providers) -> Iterator[None]:
    """Have ``providers`` be the global ones in the block, and those from before it again afterwards."""
    found = replacements(providers)
    before = [replacement._replace(value=getattr(*replacement[:2])) for replacement in found]
    try:
        for module, name, value in found:
            setattr(module, name, value)
        with _instruments_made_at_import(providers.meters):
            yield
    finally:
        for module, name, value in before:
            setattr(module, name, value)


@contextmanager
def _instruments_made_at_import(provider: MeterProvider) -> Iterator[None]:
    """Have meters and instruments that were made before any provider was there record with ``provider``.

    Where an application has set a provider, they are that one's and stay so.
    """
    proxies: Any = meters._PROXY_METER_PROVIDER  # noqa: SLF001 - see above
    if proxies._real_meter_provider is not None:  # noqa: SLF001 - see above
        yield
        return
    proxies.on_set_meter_provider(provider)
    try:
        yield
    finally:
        proxies._real_meter_provider = None  # noqa: SLF001 - see above
        for meter in proxies._meters:  # noqa: SLF001 - see above
            meter._real_meter = None  # noqa: SLF001 - see above
            for instrument in meter._instruments:  # noqa: SLF001 - see above
                instrument._real_instrument = None  # noqa: SLF001 - see above


def _spent() -> Once:
    once = Once()
    once.do_once(lambda: None)
    return once
