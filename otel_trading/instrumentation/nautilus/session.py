"""What is done with the kernels, strategies and adapters that are made while NautilusTrader is instrumented."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from otel_trading.instrumentation.nautilus import adapters, handlers, kernels
from otel_trading.settings import current as settings

if TYPE_CHECKING:
    from otel_trading.instrumentation.toolkit.patching import Patches
    from otel_trading.instrumentation.toolkit.wrapping import Call, Outcome


class _Session(NamedTuple):
    """What holds the replacements, and whether back-tests are told of; None leaves that to the setting."""

    patches: Patches
    backtests: bool | None


_session: _Session | None = None


def begin(patches: Patches, *, backtests: bool | None = None) -> None:
    """Listen to the kernels that are made from now on; to those of back-tests by ``backtests``, else by setting."""
    global _session  # noqa: PLW0603 - one at a time
    _session = _Session(patches, backtests)


def end() -> None:
    """Listen to no kernel any more."""
    global _session  # noqa: PLW0603 - one at a time
    _session = None
    kernels.forget_all()


def kernel_made(call: Call, outcome: Outcome) -> None:
    """Listen to a kernel that was made, and watch the strategies that its configuration brought with it."""
    kernel = call.target
    if _session is None or outcome.error is not None:
        return
    if kernels.is_backtest(kernel) and not _tells_backtests(_session):
        return
    listener = kernels.listen(kernel)
    for component in (*kernel.trader.strategies(), *kernel.trader.actors(), *kernel.trader.exec_algorithms()):
        handlers.patch(component, _session.patches, simulated=listener.simulated)


def component_added(call: Call, outcome: Outcome) -> None:
    """Watch the handlers of a strategy, actor or execution algorithm that was added to a trader."""
    if _session is None or outcome.error is not None:
        return
    listener = kernels.of(call.target._msgbus)  # noqa: SLF001 - readable on every component
    if listener is not None:
        handlers.patch(next(iter(call.arguments.values())), _session.patches, simulated=listener.simulated)


def client_made(call: Call, outcome: Outcome) -> None:
    """Watch the requests of a live execution client that was made."""
    if _session is not None and outcome.error is None:
        adapters.patch(call.target, _session.patches)


def _tells_backtests(session: _Session) -> bool:
    # A back-test of an hour has more orders than a year of trading: told by default, it would push that year out of
    # the store, and raise every alarm.
    return settings().backtests == "on" if session.backtests is None else session.backtests
