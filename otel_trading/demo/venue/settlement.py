"""What an execution does: to the order, to the balances, to the tape, and to the user data stream."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from decimal import ROUND_DOWN, Decimal
from typing import TYPE_CHECKING, Any

from otel_trading.demo.venue.accounts import COMMISSION_RATE, Account
from otel_trading.demo.venue.decimals import EIGHT_PLACES, ZERO
from otel_trading.demo.venue.orders import Fill, Order, OrderType, Status
from otel_trading.demo.venue.reports import Execution, account_position, execution_report

if TYPE_CHECKING:
    from otel_trading.demo.venue.book import Piece
    from otel_trading.demo.venue.clock import Clock
    from otel_trading.demo.venue.market import Market

Tell = Callable[[Account, dict[str, Any]], None]
"""Takes an event of the user data stream, and whose it is."""


class Settlement:
    """Applies what happens to orders, and tells it."""

    def __init__(self, clock: Clock, tell: Tell) -> None:
        self._clock = clock
        self._tell = tell
        self._execution_ids = itertools.count(9_000_000_000)

    def accept(self, order: Order) -> None:
        """Lock what the order may cost, and report it as new; raise -2010 where the balance is too small."""
        order.account.lock(*self._needs(order))
        self._report(order, Execution.NEW)

    def work(self, order: Order) -> None:
        """Report a conditional order whose stop price was reached."""
        order.working = True
        order.working_ms = self._clock.now_ms()
        self._report(order, Execution.NEW)

    def fill(self, order: Order, piece: Piece, market: Market, *, maker: bool) -> None:
        """Execute a part of the order at a price."""
        symbol, account = order.symbol, order.account
        now_ms = self._clock.now_ms()
        cost = piece.price * piece.quantity
        if order.buy:
            account.spend(symbol.quote, order.reserve_price * piece.quantity, cost)
            received, asset = piece.quantity, symbol.base
        else:
            account.spend(symbol.base, piece.quantity, piece.quantity)
            received, asset = cost, symbol.quote
        commission = (received * COMMISSION_RATE).quantize(EIGHT_PLACES, rounding=ROUND_DOWN)
        account.receive(asset, received - commission)
        trade = market.record(piece.price, piece.quantity, now_ms, buyer_is_maker=maker == order.buy)
        fill = Fill(trade.id, piece.price, piece.quantity, commission, asset, maker, now_ms)
        order.fills.append(fill)
        order.executed += piece.quantity
        order.quote_executed += cost
        order.status = Status.PARTIALLY_FILLED if order.remaining > ZERO else Status.FILLED
        self._report(order, Execution.TRADE, fill=fill)

    def close(self, order: Order, status: Status, *, cancel_id: str = "") -> None:
        """End an order that is not filled, and free what it has locked."""
        asset, amount = self._needs(order)
        order.account.release(asset, amount)
        order.status = status
        what = Execution.CANCELED if status is Status.CANCELED else Execution.EXPIRED
        self._report(order, what, cancel_id=cancel_id)

    @staticmethod
    def affordable(order: Order, piece: Piece) -> bool:
        """Return whether the account can pay ``piece``: a triggered market order may cost more than it locked."""
        lacking = (piece.price - order.reserve_price) * piece.quantity
        return not order.buy or order.account.balance(order.symbol.quote).free >= lacking

    @staticmethod
    def _needs(order: Order) -> tuple[str, Decimal]:
        if order.buy:
            return order.symbol.quote, order.reserve_price * order.remaining
        return order.symbol.base, order.remaining

    def _report(self, order: Order, what: Execution, *, fill: Fill | None = None, cancel_id: str = "") -> None:
        now_ms = self._clock.now_ms()
        order.updated_ms = order.account.updated_ms = now_ms
        report = execution_report(order, what, now_ms, next(self._execution_ids), fill=fill, cancel_id=cancel_id)
        self._tell(order.account, report)
        if what is Execution.NEW and order.ticket.type is OrderType.MARKET and not order.scripted:
            return  # its fills follow at once and tell the balances
        assets = (order.symbol.base, order.symbol.quote)
        self._tell(order.account, account_position(order.account, assets, now_ms))
