"""What is derived from several metrics: once, for all boards."""

from __future__ import annotations

from typing import Final

from dashboards.names import THRESHOLD
from dashboards.queries import counted, is_, is_not, latest, ratio
from otel_trading.semconv import metrics
from otel_trading.semconv.attributes import (
    TRADING_EXECUTION_LIQUIDITY,
    TRADING_EXECUTION_SLIPPAGE_DIRECTION,
    TRADING_ORDER_STATUS,
)

_ADVERSE: Final = is_(TRADING_EXECUTION_SLIPPAGE_DIRECTION, "adverse")
_FAVORABLE: Final = is_(TRADING_EXECUTION_SLIPPAGE_DIRECTION, "favorable")


def messages(window: str, *by: str, where: tuple[str, ...] = ()) -> str:
    """Return how many orders, cancellations and amendments there were."""
    kinds = (
        metrics.TRADING_ORDER_SUBMISSIONS,
        metrics.TRADING_ORDER_CANCELLATIONS,
        metrics.TRADING_ORDER_AMENDMENTS,
    )
    first, *rest = (counted(kind, *where, by=by, window=window) for kind in kinds)
    return " + ".join((first, *(f"(({other}) or 0 * {first})" for other in rest)))


def share_canceled(window: str, *by: str, where: tuple[str, ...] = ()) -> str:
    """Return cancellations over orders sent."""
    return ratio(
        counted(metrics.TRADING_ORDER_CANCELLATIONS, *where, by=by, window=window),
        counted(metrics.TRADING_ORDER_SUBMISSIONS, *where, by=by, window=window),
    )


def share_filled(window: str, *by: str, where: tuple[str, ...] = ()) -> str:
    """Return orders that were filled whole, over those sent."""
    filled = counted(metrics.TRADING_ORDER_UPDATES, *where, is_(TRADING_ORDER_STATUS, "filled"), by=by, window=window)
    return ratio(filled, counted(metrics.TRADING_ORDER_SUBMISSIONS, *where, by=by, window=window))


def net_slippage(window: str, *by: str, where: tuple[str, ...] = ()) -> str:
    """Return adverse less favorable slippage over the number of fills, in basis points."""
    sums = [
        counted(metrics.TRADING_EXECUTION_SLIPPAGE, *where, which, by=by, window=window, part="_sum")
        for which in (_ADVERSE, _FAVORABLE)
    ]
    count = counted(metrics.TRADING_EXECUTION_SLIPPAGE, *where, by=by, window=window, part="_count")
    return f"((({sums[0]}) or 0 * ({count})) - (({sums[1]}) or 0 * ({count}))) / (({count}) > 0) * 10000"


def fee_rate(window: str, *by: str, where: tuple[str, ...] = ()) -> str:
    """Return fees in basis points of the value executed."""
    fees = counted(metrics.TRADING_EXECUTION_FEES, *where, by=by, window=window)
    return f"{ratio(fees, counted(metrics.TRADING_EXECUTION_NOTIONAL, *where, by=by, window=window))} * 10000"


def share_passive(window: str, *by: str, where: tuple[str, ...] = ()) -> str:
    """Return fills that rested in the book, over those of which the venue says it."""
    told = counted(
        metrics.TRADING_EXECUTION_FILLS, *where, is_not(TRADING_EXECUTION_LIQUIDITY, ""), by=by, window=window
    )
    passive = counted(
        metrics.TRADING_EXECUTION_FILLS, *where, is_(TRADING_EXECUTION_LIQUIDITY, "maker"), by=by, window=window
    )
    return ratio(f"{passive} or 0 * {told}", told)


def profit(*by: str, where: tuple[str, ...] = ()) -> str:
    """Return realized and unrealized profit, or the one that is told."""
    realized = latest(metrics.TRADING_PNL_REALIZED, *where, by=by)
    unrealized = latest(metrics.TRADING_PNL_UNREALIZED, *where, by=by)
    return f"{realized} + {unrealized} or {realized} or {unrealized}"


def of_threshold(expr: str, name: str) -> str:
    """Return a share of an alert's threshold."""
    return f'{expr} / scalar(sum({THRESHOLD}{{threshold="{name}"}}))'
