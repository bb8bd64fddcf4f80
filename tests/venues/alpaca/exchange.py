"""What the venue does with orders: takes, executes, cancels and replaces them, and says so."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from otel_trading.demo.venue.decimals import ZERO, finite
from tests.venues.alpaca import errors
from tests.venues.alpaca.orders import VenueOrder, asset_id, now, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Listener = Callable[[dict[str, Any]], None]

QUOTES = {
    "AAPL": (Decimal("187.20"), Decimal("187.24")),
    "MSFT": (Decimal("410.00"), Decimal("410.10")),
    "BTC/USD": (Decimal(60_000), Decimal(60_010)),
}
"""Best bid and ask of each symbol; orders that do not reach them rest."""


class Exchange:
    """The venue's one account and its orders; ``say`` is called with each message of ``trade_updates``."""

    def __init__(self, say: Listener) -> None:
        self._say = say
        self.orders: dict[str, VenueOrder] = {}
        self.cash = Decimal(100_000)
        self.held: dict[str, Decimal] = {}
        self.paid: dict[str, Decimal] = {}

    def order(self, name: str) -> VenueOrder:
        """Return the order of an id."""
        if name not in self.orders:
            raise errors.unknown_order(name)
        return self.orders[name]

    def by_client_id(self, client_id: str) -> VenueOrder:
        """Return the order of a client id."""
        for order in self.orders.values():
            if order.client_order_id == client_id:
                return order
        raise errors.unknown_order(client_id)

    def open(self) -> Iterator[VenueOrder]:
        """Yield the open orders."""
        yield from [order for order in self.orders.values() if order.is_open]

    def submit(self, asked: Mapping[str, Any]) -> VenueOrder:
        """Take an order on; what follows from it is done by :meth:`work`."""
        symbol = str(asked.get("symbol", ""))
        symbol = next((name for name in QUOTES if name.replace("/", "") == symbol), symbol)
        if symbol not in QUOTES:
            raise errors.invalid(f'asset "{symbol}" not found')
        client_id = str(asked.get("client_order_id") or "")
        if any(order.client_order_id == client_id for order in self.orders.values()):
            raise errors.invalid("client_order_id must be unique")
        order = VenueOrder(
            symbol=symbol,
            side=str(asked["side"]),
            type=str(asked["type"]),
            time_in_force=str(asked["time_in_force"]),
            qty=_number(asked, "qty"),
            notional=_number(asked, "notional"),
            limit_price=_number(asked, "limit_price"),
            stop_price=_number(asked, "stop_price"),
            client_order_id=client_id,
            order_class=str(asked.get("order_class") or ""),
        )
        bid, ask = QUOTES[symbol]
        price = order.limit_price or (ask if order.side == "buy" else bid)
        if order.notional is not None:
            order.qty = order.notional / price
        cost = price * (order.qty or ZERO)
        if order.side == "buy" and cost > self.cash:
            raise errors.poor(str(plain(cost)), str(plain(self.cash)))
        order.legs = list(self._legs(order, asked))
        for each in (order, *order.legs):
            self.orders[each.id] = each
        return order

    def _legs(self, order: VenueOrder, asked: Mapping[str, Any]) -> Iterator[VenueOrder]:
        side = "sell" if order.side == "buy" else "buy"
        for name, kind in (("take_profit", "limit"), ("stop_loss", "stop")):
            wanted = asked.get(name)
            if wanted:
                yield VenueOrder(
                    symbol=order.symbol,
                    side=side,
                    type=kind,
                    time_in_force=order.time_in_force,
                    qty=order.qty,
                    limit_price=_number(wanted, "limit_price"),
                    stop_price=_number(wanted, "stop_price"),
                    order_class=order.order_class,
                    status="held",
                )

    def work(self, order: VenueOrder) -> None:
        """Route an order that was taken on, and execute it if a price is there for it."""
        if order.status != "pending_new":
            return
        self.say("new", order, status="new")
        bid, ask = QUOTES[order.symbol]
        price = ask if order.side == "buy" else bid
        limit = order.limit_price
        reaches = limit is None or (limit >= price if order.side == "buy" else limit <= price)
        if order.type in ("market", "limit") and reaches:
            self.execute(order, order.left, price)

    def execute(self, order: VenueOrder, quantity: Decimal, price: Decimal | None = None) -> None:
        """Execute ``quantity`` of an order, at its own price if none is given."""
        price = price or order.limit_price or QUOTES[order.symbol][0]
        signed = quantity if order.side == "buy" else -quantity
        order.filled_qty += quantity
        order.paid += quantity * price
        self.cash -= signed * price
        self.held[order.symbol] = self.held.get(order.symbol, ZERO) + signed
        self.paid[order.symbol] = self.paid.get(order.symbol, ZERO) + signed * price
        whole = order.left <= 0
        self.say(
            "fill" if whole else "partial_fill",
            order,
            status="filled" if whole else "partially_filled",
            execution_id=str(uuid.uuid4()),
            price=plain(price),
            qty=plain(quantity),
            position_qty=plain(self.held[order.symbol]),
        )
        if whole:
            for leg in order.legs:
                self.say("new", leg, status="new")

    def cancel(self, order: VenueOrder) -> None:
        """Take on the cancel of an order; :meth:`canceled` does it."""
        if not order.is_open:
            raise errors.over(order.status)

    def canceled(self, order: VenueOrder) -> None:
        """Cancel an order, and its legs."""
        for each in (order, *order.legs):
            if each.is_open:
                self.say("canceled", each, status="canceled")

    def replace(self, order: VenueOrder, asked: Mapping[str, Any]) -> VenueOrder:
        """Take on an order that replaces another one; it has ids of its own, and counts from zero."""
        if order.status not in ("new", "partially_filled"):
            raise errors.over(order.status)
        found = VenueOrder(
            symbol=order.symbol,
            side=order.side,
            type=order.type,
            time_in_force=str(asked.get("time_in_force") or order.time_in_force),
            qty=_number(asked, "qty") or order.qty,
            limit_price=_number(asked, "limit_price") or order.limit_price,
            stop_price=_number(asked, "stop_price") or order.stop_price,
            client_order_id=str(asked.get("client_order_id") or ""),
            replaces=order.id,
        )
        self.orders[found.id] = found
        return found

    def replaced(self, order: VenueOrder, found: VenueOrder) -> None:
        """Let ``found`` take the place of ``order``."""
        order.replaced_by = found.id
        self.say("replaced", order, status="replaced")
        self.work(found)

    def close(self, symbol: str, asked: Mapping[str, Any]) -> VenueOrder:
        """Take on the order that closes a position, named by its symbol or by the id of its asset."""
        names = {name.replace("/", ""): name for name in QUOTES} | {asset_id(name): name for name in QUOTES}
        symbol = names.get(symbol, symbol)
        held = self.held.get(symbol, ZERO)
        if not held:
            raise errors.Refused(404, 40410000, f"position does not exist: {symbol}")
        quantity = finite(str(asked["qty"])) if asked.get("qty") else abs(held)
        if quantity > abs(held):
            raise errors.short(symbol, str(quantity), str(plain(abs(held))))
        side = "sell" if held > 0 else "buy"
        return self.submit({"symbol": symbol, "qty": quantity, "side": side, "type": "market", "time_in_force": "day"})

    def say(self, event: str, order: VenueOrder, *, status: str, **more: Any) -> None:
        """Give an order its new status, and say so on the stream."""
        order.turn(status)
        self._say({"event": event, "timestamp": now(), "order": order.told(), **more})


def _number(asked: Mapping[str, Any], name: str) -> Decimal | None:
    found = asked.get(name)
    if found is None:
        return None
    try:
        return finite(str(found))
    except ValueError:
        raise errors.invalid(f"invalid {name}") from None
