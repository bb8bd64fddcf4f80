"""The events of the user data stream: ``executionReport``, ``outboundAccountPosition``, ``balanceUpdate``."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

from otel_trading.demo.venue.decimals import ZERO, fixed

if TYPE_CHECKING:
    from decimal import Decimal

    from otel_trading.demo.venue.accounts import Account
    from otel_trading.demo.venue.orders import Fill, Order


class Execution(str, Enum):
    """What happened to an order (field ``x``; FIX ExecType 150)."""

    NEW = "NEW"
    TRADE = "TRADE"
    CANCELED = "CANCELED"
    EXPIRED = "EXPIRED"


def execution_report(
    order: Order, what: Execution, now_ms: int, execution_id: int, *, fill: Fill | None = None, cancel_id: str = ""
) -> dict[str, Any]:
    """Return the event about one thing that happened to ``order``.

    ``cancel_id`` is the client id of the cancellation: it stands in ``c`` then, and the order's own in ``C``.
    """
    ticket = order.ticket
    report: dict[str, Any] = {
        "e": "executionReport",
        "E": now_ms,
        "s": order.symbol.name,
        "c": cancel_id or ticket.client_id,
        "S": ticket.side.value,
        "o": ticket.type.value,
        "f": ticket.time_in_force.value,
        "q": fixed(order.quantity),
        "p": fixed(ticket.price),
        "P": fixed(ticket.stop_price),
        "F": fixed(ZERO),
        "g": -1,
        "C": ticket.client_id if cancel_id else "",
        "x": what.value,
        "X": order.status.value,
        "r": "NONE",
        "i": order.id,
        "l": fixed(fill.quantity if fill else ZERO),
        "z": fixed(order.executed),
        "L": fixed(fill.price if fill else ZERO),
        "n": fixed(fill.commission) if fill else "0",
        "N": fill.commission_asset if fill else None,
        "T": order.updated_ms,
        "t": fill.trade_id if fill else -1,
        "I": execution_id,
        "w": order.is_open and order.working and order.limit is not None,
        "m": fill.maker if fill else False,
        "M": fill is not None,
        "O": order.created_ms,
        "Z": fixed(order.quote_executed),
        "Y": fixed(fill.price * fill.quantity if fill else ZERO),
        "Q": fixed(ticket.quote_quantity),
        "V": "NONE",
    }
    if order.working:
        report["W"] = order.working_ms
    return report


def account_position(account: Account, assets: tuple[str, ...], now_ms: int) -> dict[str, Any]:
    """Return the event that tells the balances an order has changed."""
    return {
        "e": "outboundAccountPosition",
        "E": now_ms,
        "u": account.updated_ms,
        "B": [
            {"a": asset, "f": fixed(account.balance(asset).free), "l": fixed(account.balance(asset).locked)}
            for asset in assets
        ],
    }


def balance_update(asset: str, delta: Decimal, now_ms: int) -> dict[str, Any]:
    """Return the event about a deposit or a withdrawal."""
    sign = "-" if delta < ZERO else ""
    return {"e": "balanceUpdate", "E": now_ms, "a": asset, "d": sign + fixed(abs(delta)), "T": now_ms}
