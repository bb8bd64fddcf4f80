"""The calls of freqtrade's exchange object: orders, their fills, candles.

Live they reach ccxt, whose calls have spans of their own below. In dry-run freqtrade keeps the orders itself, and
finds out by asking for them whether the market has filled them.
"""

from __future__ import annotations

import threading
import weakref
from typing import TYPE_CHECKING, Any

from otel_trading.instrumentation.freqtrade import errors, fields
from otel_trading.instrumentation.toolkit import operations
from otel_trading.instrumentation.toolkit.terms import Fields
from otel_trading.instrumentation.toolkit.values import text
from otel_trading.orders import market, updates
from otel_trading.orders.context import SIMULATED_KEY, use_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from otel_trading.instrumentation.toolkit.layers import Watching
    from otel_trading.instrumentation.toolkit.terms import Failure, OrderReference, OrderRequest
    from otel_trading.instrumentation.toolkit.wrapping import Call
    from otel_trading.orders.updates import OrderUpdate


class FreqtradeFields(Fields):
    """How freqtrade's exchange object names things."""

    layer = "freqtrade"

    def venue(self, call: Call) -> str:
        """Return ccxt's id of the exchange."""
        return fields.venue(call.target)

    def symbol(self, call: Call) -> str:
        """Return the pair that a query is about."""
        return text(call.get("pair"))

    def requests(self, call: Call) -> Sequence[OrderRequest]:
        """Return the order that the call asks for."""
        read = fields.stop_request if call.name == "create_stoploss" else fields.request
        return [read(call.target, call.arguments)]

    def references(self, call: Call) -> Sequence[OrderReference]:
        """Return the order that the call names."""
        return [fields.reference(call.target, call.arguments)]

    def answers(self, call: Call, result: Any) -> Sequence[OrderUpdate]:
        """Return the order that the result tells of."""
        return fields.order_updates(call.target, result)

    def failure(self, error: BaseException) -> Failure:
        """Return what an error means."""
        return errors.failure(error)

    def observe(self, call: Call, result: Any) -> None:
        """Take note of orders and executions that a result tells of."""
        read = fields.trade_updates if call.name == "get_trades_for_order" else fields.order_updates
        for update in read(call.target, result):
            updates.take(update, new_orders=False)


class BalanceFields(FreqtradeFields):
    """The same for a call whose result tells nothing of orders."""

    def observe(self, call: Call, result: Any) -> None:
        """Take note of nothing."""


def sent(names: Fields, call: Call) -> Watching:
    """Watch a call that submits an order: in dry-run it is marked as one that no venue ever sees."""
    with use_value(SIMULATED_KEY, fields.is_dry_run(call.target)):
        yield from operations.submit(names, call) or ()


def asked(names: Fields, call: Call) -> Watching | None:
    """Watch a call that asks for orders or balances: in dry-run freqtrade answers itself, and no request is made."""
    return _answered_itself(names, call) if fields.is_dry_run(call.target) else operations.query(names, call)


def _answered_itself(names: Fields, call: Call) -> Watching:
    outcome = yield
    if outcome.error is None:
        names.observe(call, outcome.result)


_lock = threading.Lock()
# By exchange object: pair and timeframe -> when its newest candle began.
_newest: weakref.WeakKeyDictionary[Any, dict[tuple[str, str], Any]] = weakref.WeakKeyDictionary()


def candles(_: Fields, call: Call) -> Watching:
    """Watch a call that refreshes candles: a pair whose newest candle is a new one has had market data.

    The result holds what was known before, too, so that the candle's own time has to tell.
    """
    outcome = yield
    frames = outcome.result if isinstance(outcome.result, dict) else {}
    for (pair, timeframe, *_rest), frame in frames.items():
        if len(frame) and _is_new(call.target, (text(pair), text(timeframe)), frame["date"].iloc[-1]):
            market.received(fields.venue(call.target), text(pair), "ohlcv")


def _is_new(exchange: Any, of: tuple[str, str], began: Any) -> bool:
    with _lock:
        known = _newest.setdefault(exchange, {})
        is_new = bool(known.get(of) != began)
        known[of] = began
    return is_new
