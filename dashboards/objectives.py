"""What service levels are made of: the same as in the alert rules, built by the very same functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from alerts.names import BOT
from alerts.promql import limit, share
from alerts.table.levels import burn
from dashboards.names import ENVIRONMENT, SERVICE
from dashboards.queries import Query, chosen, counted, is_not, prom, ratio
from otel_trading.semconv import metrics

if TYPE_CHECKING:
    from collections.abc import Callable

IN_TIME: Final = 'le="0.5"'
"""The bucket of acknowledgements that are in time: half a second, as in the alert rules."""

SUCCESS: Final = "objective_order_success"
LATENCY: Final = "objective_ack_latency"
"""Thresholds: the share of orders that has to get through, and that of acknowledgements that has to be in time."""

BY_BOT: Final = (SERVICE, ENVIRONMENT)
WINDOWS: Final = {"5m": "5 min", "30m": "30 min", "1h": "1 h", "6h": "6 h", "3d": "3 d"}
FEW: Final = 20
"""Orders below which a share means nothing: that of the alert rules."""

_ERROR: Final = "error.type"
_SENT: Final = metrics.TRADING_ORDER_SUBMISSIONS
_ACK: Final = metrics.TRADING_ORDER_ACK_DURATION


def failing(window: str) -> str:
    """Return the share of orders of a bot that did not get through, within a window."""
    return share(BOT, chosen(_SENT, is_not(_ERROR, "")), chosen(_SENT), window, least=FEW)


def late(window: str) -> str:
    """Return the share of acknowledgements of a bot that came late, within a window."""
    in_time = share(BOT, chosen(_ACK, IN_TIME, part="_bucket"), chosen(_ACK, part="_count"), window, least=FEW)
    return f"(1 - ({in_time}))"


def _of_all(part: str, whole: str) -> str:
    return ratio(f"({part}) or 0 * ({whole})", whole)


ALL_BAD: Final = _of_all(counted(_SENT, is_not(_ERROR, "")), counted(_SENT))
ALL_LATE: Final = f"1 - ({_of_all(counted(_ACK, IN_TIME, part='_bucket'), counted(_ACK, part='_count'))})"


def left(bad: str, objective: str) -> str:
    """Return the share of an error budget that is left; below 0 where it is overdrawn."""
    return f"1 - ({bad}) / scalar(1 - {limit(objective)})"


def objective(name: str) -> Query:
    """Ask for an objective."""
    return prom(limit(name))


def burn_rates(of: Callable[[str], str], name: str, *windows: str) -> tuple[Query, ...]:
    """Ask for how many times too fast a budget is used up, for each window."""
    return tuple(prom(burn(of(window), name), f"{{{{service_name}}}}, {WINDOWS[window]}", BY_BOT) for window in windows)
