"""A recording: the library as a process begins with it, the pipeline as in production, and all put back after it."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from opentelemetry import propagate

from otel_trading import settings
from otel_trading.telemetry import logs
from otel_trading.telemetry.logs import level
from otel_trading.telemetry.propagation import GatedPropagator
from otel_trading.testing.figures import Figures
from otel_trading.testing.fresh import forget
from otel_trading.testing.in_force import in_force
from otel_trading.testing.kept import Kept
from otel_trading.testing.libraries import instrumented
from otel_trading.testing.providers import Providers
from otel_trading.testing.recorded import RecordedOrders

if TYPE_CHECKING:
    from collections.abc import Iterator

    from otel_trading.settings import Settings


@contextmanager
def recording(*, service: str = "bot") -> Iterator[RecordedOrders]:
    """Record in memory what the block does, as the process of a bot named ``service`` would.

    Libraries are instrumented, logging is captured, spans and logs are stamped, joined to their orders and masked, and
    no trace header leaves, all as under ``opentelemetry-instrument``; settings are read from the environment. When the
    block ends, all is as it was before, but for the orders that the process knew: they are forgotten at both ends. What
    was recorded may still be read.
    """
    with ExitStack() as undo:
        forget()
        undo.callback(forget)
        found = settings.load()[0]
        settings.replace_current(found)
        kept = Kept(found)
        providers = Providers(kept.span_processor, kept.log_processor, service=service)
        figures = Figures(providers.reader)
        undo.callback(providers.shutdown)
        undo.callback(figures.close)
        undo.callback(kept.close)
        undo.enter_context(in_force(providers))
        undo.enter_context(_gated(found))
        undo.enter_context(_captured(found))
        undo.enter_context(instrumented())
        yield RecordedOrders(kept, figures)


def restore_levels() -> None:
    """Put WARNING back where the capture of logs has lowered it, unless that is still at work."""
    if not _is_captured():
        level.restore()


@contextmanager
def _gated(found: Settings) -> Iterator[None]:
    before = propagate.get_global_textmap()
    propagate.set_global_textmap(GatedPropagator(before, found.propagate_hosts))
    try:
        yield
    finally:
        propagate.set_global_textmap(before)


@contextmanager
def _captured(found: Settings) -> Iterator[None]:
    """Capture what is logged; where it is captured already, that goes to the provider in force and stays at work."""
    if _is_captured():
        yield
        return
    logs.install(found)
    try:
        yield
    finally:
        logs.uninstall()


def _is_captured() -> bool:
    return bool(logs._undo)  # noqa: SLF001 - only this asks; what is installed is nobody else's business
