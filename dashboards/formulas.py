"""What is derived from several metrics: once, for all boards."""

from __future__ import annotations

from typing import Final

from dashboards.queries import counted, is_, latest, ratio
from otel_trading.semconv import metrics
from otel_trading.semconv.attributes import TRADING_EXECUTION_SLIPPAGE_DIRECTION, TRADING_ORDER_STATUS

_ADVERSE: Final = is_(TRADING_EXECUTION_SLIPPAGE_DIRECTION, "adverse")
_FAVORABLE: Final = is_(TRADING_EXECUTION_SLIPPAGE_DIRECTION, "favorable")


def messages(window: str, *by: str) -> str:
    """Orders, cancellations and amendments."""
    kinds = (
        metrics.TRADING_ORDER_SUBMISSIONS,
        metrics.TRADING_ORDER_CANCELLATIONS,
        metrics.TRADING_ORDER_AMENDMENTS,
    )
    first, *rest = (counted(kind, by=by, window=window) for kind in kinds)
    return " + ".join((first, *(f"(({other}) or 0 * {first})" for other in rest)))


def share_canceled(window: str, *by: str) -> str:
    """Cancellations, over orders sent."""
    return ratio(
        counted(metrics.TRADING_ORDER_CANCELLATIONS, by=by, window=window),
        counted(metrics.TRADING_ORDER_SUBMISSIONS, by=by, window=window),
    )


def share_filled(window: str, *by: str) -> str:
    """Orders that were filled whole, over those sent."""
    filled = counted(metrics.TRADING_ORDER_UPDATES, is_(TRADING_ORDER_STATUS, "filled"), by=by, window=window)
    return ratio(filled, counted(metrics.TRADING_ORDER_SUBMISSIONS, by=by, window=window))


def net_slippage(window: str, *by: str) -> str:
    """Adverse less favorable, over the number of fills."""
    sums = [
        counted(metrics.TRADING_EXECUTION_SLIPPAGE, where, by=by, window=window, part="_sum")
        for where in (_ADVERSE, _FAVORABLE)
    ]
    count = counted(metrics.TRADING_EXECUTION_SLIPPAGE, by=by, window=window, part="_count")
    return f"((({sums[0]}) or 0 * ({count})) - (({sums[1]}) or 0 * ({count}))) / (({count}) > 0) * 10000"


def fee_rate(window: str, *by: str) -> str:
    """Fees in basis points of the value executed."""
    fees = counted(metrics.TRADING_EXECUTION_FEES, by=by, window=window)
    return f"{ratio(fees, counted(metrics.TRADING_EXECUTION_NOTIONAL, by=by, window=window))} * 10000"


def profit(*by: str) -> str:
    """Realized and unrealized, or the one that is told."""
    realized = latest(metrics.TRADING_PNL_REALIZED, by=by)
    unrealized = latest(metrics.TRADING_PNL_UNREALIZED, by=by)
    return f"{realized} + {unrealized} or {realized} or {unrealized}"
