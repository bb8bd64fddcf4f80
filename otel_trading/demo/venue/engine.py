"""The matching engine: takes tickets and cancellations, and lets the market fill what rests."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from otel_trading.demo.venue.book import Piece
from otel_trading.demo.venue.chance import generator
from otel_trading.demo.venue.decimals import ZERO, floor_to
from otel_trading.demo.venue.errors import VenueError, filtered, insufficient_balance, rejected, unknown_order
from otel_trading.demo.venue.orders import (
    CONDITIONAL,
    Order,
    OrderType,
    Side,
    Status,
    Ticket,
    TimeInForce,
)

if TYPE_CHECKING:
    from otel_trading.demo.venue.accounts import Account
    from otel_trading.demo.venue.blotter import Blotter
    from otel_trading.demo.venue.clock import Clock
    from otel_trading.demo.venue.market import Market
    from otel_trading.demo.venue.plans import FillPlan, Plans
    from otel_trading.demo.venue.schedule import Schedule
    from otel_trading.demo.venue.settlement import Settlement

_CHANCE_NEAR_TOUCH = 0.25
_CHANCE_WHOLE = 0.5


class Engine:
    """Matches clients' orders against the synthetic market (never against one another)."""

    def __init__(
        self,
        markets: dict[str, Market],
        blotter: Blotter,
        settlement: Settlement,
        *,
        clock: Clock,
        schedule: Schedule,
        plans: Plans,
        seed: int,
        speed: float = 1.0,
    ) -> None:
        self._markets = markets
        self._blotter = blotter
        self._settlement = settlement
        self._clock = clock
        self._schedule = schedule
        self._plans = plans
        self._random = generator(seed, "engine")
        self._chance = min(1.0, _CHANCE_NEAR_TOUCH * speed)

    def check(self, account: Account, ticket: Ticket) -> list[Piece]:
        """Return what ``ticket`` would trade at once.

        Raises :class:`VenueError` -1013 for a failed filter, -2010 for a duplicate client id, a post-only
        order that would take, or a stop price that is reached already.
        """
        market = self._markets[ticket.symbol.name]
        still_open = self._blotter.open(account, ticket.symbol)
        if any(order.ticket.client_id == ticket.client_id for order in still_open):
            raise rejected("Duplicate order sent.")
        if len(still_open) >= ticket.symbol.max_orders:
            raise filtered("MAX_NUM_ORDERS")
        conditional = ticket.type in CONDITIONAL
        waiting = sum(not order.working for order in still_open)
        if conditional and waiting >= ticket.symbol.max_algo_orders:
            raise filtered("MAX_NUM_ALGO_ORDERS")
        price = ticket.price or ticket.stop_price
        if ticket.price:
            ticket.symbol.check_distance(ticket.price, market.mid)
        if ticket.quote_quantity:
            ticket.symbol.check_notional(Decimal(1), ticket.quote_quantity)
        else:
            ticket.symbol.check_notional(price or market.mid, ticket.quantity)
        if conditional:
            if self._triggered(ticket, market, above=_triggers_above(ticket)):
                raise rejected("Stop price would trigger immediately.")
            return []
        pieces = _matched(ticket, market, ticket.quantity)
        if pieces and ticket.type is OrderType.LIMIT_MAKER:
            raise rejected("Order would immediately match and take.")
        if ticket.quote_quantity and not pieces:
            raise filtered("LOT_SIZE")
        return pieces

    def place(self, account: Account, ticket: Ticket) -> Order:
        """Accept an order and execute what can be executed at once.

        Raises :class:`VenueError` as :meth:`check` does, and -2010 where the balance is too small.
        """
        market = self._markets[ticket.symbol.name]
        pieces = self.check(account, ticket)
        plan = None if ticket.type in CONDITIONAL else self._plans.take(ticket.symbol.name)
        order = self._order(account, ticket, pieces, scripted=plan is not None)
        self._settlement.accept(order)
        self._blotter.add(order)
        if plan is not None:
            self._follow(order, plan, pieces, market)
        elif order.working:
            self._execute(order, pieces, market)
        return order

    def cancel(self, order: Order | None, cancel_id: str, restriction: str = "") -> Order:
        """Cancel an open order; raise -2011 where there is none or it is not in the wanted status."""
        if order is None or not order.is_open:
            raise unknown_order()
        wanted = {"ONLY_NEW": Status.NEW, "ONLY_PARTIALLY_FILLED": Status.PARTIALLY_FILLED}.get(restriction)
        if wanted is not None and order.status is not wanted:
            raise VenueError(-2011, "Order was not canceled due to cancel restrictions.")
        self._settlement.close(order, Status.CANCELED, cancel_id=cancel_id)
        return order

    def react(self, market: Market) -> None:
        """Let the orders of one symbol meet the market as it is now."""
        for order in self._blotter.resting(market):
            if not order.working:
                if self._triggered(order.ticket, market, above=order.triggers_above):
                    self._settlement.work(order)
                    self._execute(order, _matched(order.ticket, market, order.remaining), market)
            else:
                self._meet(order, market)

    def _order(self, account: Account, ticket: Ticket, pieces: list[Piece], *, scripted: bool) -> Order:
        now_ms = self._clock.now_ms()
        market = self._markets[ticket.symbol.name]
        quantity = ticket.quantity or sum((piece.quantity for piece in pieces), ZERO)
        reserve = ticket.price or ticket.stop_price
        if ticket.type is OrderType.MARKET and ticket.side is Side.BUY:
            # Paid at once out of what is free, so nothing needs to be locked; a script takes its time.
            reserve = market.book.best_ask.price if scripted else ZERO
            cost = sum((piece.price * piece.quantity for piece in pieces), ZERO)
            if account.balance(ticket.symbol.quote).free < cost:
                raise insufficient_balance()
        working = ticket.type not in CONDITIONAL
        return Order(
            id=self._blotter.next_id(ticket.symbol),
            account=account,
            ticket=ticket,
            quantity=quantity,
            created_ms=now_ms,
            reserve_price=reserve,
            working=working,
            triggers_above=_triggers_above(ticket),
            scripted=scripted,
            updated_ms=now_ms,
            working_ms=now_ms if working else -1,
        )

    def _execute(self, order: Order, pieces: list[Piece], market: Market) -> None:
        if order.ticket.time_in_force is TimeInForce.FOK:
            matched = sum((piece.quantity for piece in pieces), ZERO)
            pieces = pieces if matched >= order.remaining else []
        for piece in pieces:
            if not self._settlement.affordable(order, piece):
                break
            market.book.take(buy=order.buy, pieces=[piece])
            self._settlement.fill(order, piece, market, maker=False)
        self._settle_rest(order)

    def _settle_rest(self, order: Order) -> None:
        stays = order.limit is not None and order.ticket.time_in_force is TimeInForce.GTC
        if order.is_open and not stays:
            self._settlement.close(order, Status.EXPIRED)

    def _meet(self, order: Order, market: Market) -> None:
        price = order.ticket.price
        bid, ask = market.book.best_bid.price, market.book.best_ask.price
        through = price >= ask if order.buy else price <= bid
        near = price >= bid if order.buy else price <= ask
        if through or (near and self._random.random() < self._chance):
            self._settlement.fill(order, Piece(price, self._part(order)), market, maker=True)

    def _part(self, order: Order) -> Decimal:
        if self._random.random() < _CHANCE_WHOLE:
            return order.remaining
        share = Decimal(self._random.randrange(30, 70)) / 100
        return floor_to(order.remaining * share, order.symbol.step) or order.remaining

    def _follow(self, order: Order, plan: FillPlan, pieces: list[Piece], market: Market) -> None:
        taker = bool(pieces)
        price = pieces[0].price if pieces else order.ticket.price
        due_ms = self._clock.now_ms()
        whole = sum(plan.fractions) >= 1 - 1e-9
        last = len(plan.fractions) - 1
        for number, fraction in enumerate(plan.fractions):
            due_ms += round(plan.delays[number] * 1000)
            part = floor_to(order.quantity * Decimal(str(fraction)), order.symbol.step)

            def execute(part: Decimal = part, *, final: bool = number == last) -> None:
                if not order.is_open:
                    return  # canceled in the meantime
                quantity = order.remaining if final and whole else min(part, order.remaining)
                if quantity > ZERO:
                    self._settlement.fill(order, Piece(price, quantity), market, maker=not taker)
                if final:
                    order.scripted = False
                    self._settle_rest(order)

            self._schedule.at(due_ms, execute)
        self._schedule.run(self._clock.now_ms())

    @staticmethod
    def _triggered(ticket: Ticket, market: Market, *, above: bool) -> bool:
        last = market.last.price
        return last >= ticket.stop_price if above else last <= ticket.stop_price


def _matched(ticket: Ticket, market: Market, quantity: Decimal) -> list[Piece]:
    buy = ticket.side is Side.BUY
    if ticket.quote_quantity:
        return market.book.match_quote(buy=buy, amount=ticket.quote_quantity)
    return market.book.match(buy=buy, quantity=quantity, limit=ticket.price or None)


def _triggers_above(ticket: Ticket) -> bool:
    buys = ticket.side is Side.BUY
    stops = ticket.type in (OrderType.STOP_LOSS, OrderType.STOP_LOSS_LIMIT)
    return buys is stops
