"""The orders of one kernel: those it sent, and those it was told of."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from opentelemetry import context as otel

from otel_trading.instrumentation.nautilus import fields
from otel_trading.instrumentation.toolkit import answers
from otel_trading.instrumentation.toolkit.terms import OrderRequest
from otel_trading.orders.context import STRATEGY_KEY, use_value
from otel_trading.orders.lifecycle import TERMINAL
from otel_trading.orders.order import Order
from otel_trading.orders.registry import registry
from otel_trading.semconv.attributes import TradingOrderStatusValues as Status
from otel_trading.settings import current as settings

if TYPE_CHECKING:
    from opentelemetry.context import Context

_CLOSED = {
    "FILLED": Status.FILLED,
    "CANCELED": Status.CANCELED,
    "EXPIRED": Status.EXPIRED,
    "REJECTED": Status.REJECTED,
    "DENIED": Status.REJECTED,
}


class KnownOrders:
    """The orders of one kernel by client order id, which every run of a back-test begins to count anew."""

    def __init__(self, kernel: Any, *, simulated: bool) -> None:
        self._cache = kernel.cache
        self._trader = kernel.trader
        self._simulated = simulated
        self._is_rehearsal = fields.word(kernel.environment) != "LIVE"
        self._orders: OrderedDict[str, Order] = OrderedDict()
        self._origins: dict[str, Context] = {}
        self._shadowed: dict[str, Order] = {}

    def get(self, key: str) -> Order | None:
        """Return the order of a client order id."""
        return self._orders.get(key)

    def take_origin(self, key: str) -> Context | None:
        """Return the context in which the bot sent the order, once."""
        return self._origins.pop(key, None)

    def initialized(self, event: Any) -> None:
        """Take an OrderInitialized: the bot asks for an order, in the context that is current."""
        key = fields.text(event.client_order_id)
        asked = fields.asked_for(event, self._cache.instrument(event.instrument_id))
        strategy = asked.pop("strategy")
        before = self._orders.get(key)
        if before is not None and not before.is_submitted and before.status not in TERMINAL:
            before.type, before.price = asked["type"], asked["price"]  # released by the emulator as another type
            return
        if before is not None and before.status not in TERMINAL:
            self._shadowed[key] = before
        with use_value(STRATEGY_KEY, strategy):
            order = answers.order_for(OrderRequest(**asked))
        order.strategy = order.strategy or strategy
        order.simulated = self._is_rehearsal
        if self._simulated and order.arrival_price is None:
            order.arrival_price = fields.mid(self._cache.quote_tick(event.instrument_id))
        self._origins[key] = otel.get_current()
        self._keep(key, order)

    def of(self, event: Any) -> Order | None:
        """Return the order that an event is about; None where what it tells is no news.

        While a node starts it is told of all that happened before (reconciliation). Orders of another process are
        taken over as they stand then; what becomes of them later is told.
        """
        key = fields.text(event.client_order_id)
        venue_id = fields.text(getattr(event, "venue_order_id", None))
        is_past = getattr(event, "reconciliation", False) and not self._trader.is_running
        order = self._orders.get(key)
        if order is None:
            place = fields.place(event.instrument_id)
            order = registry.find_by(venue_id, key, venue=place.venue, symbol=place.symbol) or self._adopted(event)
            if order is None:
                return None
            self._keep(key, order)
        order.know(id=venue_id)
        if is_past and not order.is_submitted:
            self._stand(order, event, after=True)
            return None
        return order

    def denied(self, key: str) -> None:
        """Take note that an order was denied: if it was for its client id, the id is still that of the order before."""
        shadowed = self._shadowed.pop(key, None)
        if shadowed is not None:
            self._keep(key, shadowed)

    def native(self, event: Any) -> Any:
        """Return NautilusTrader's own order that an event is about."""
        return self._cache.order(event.client_order_id)

    def open_of(self, command: Any) -> list[str]:
        """Return the client ids of the open orders that a CancelAllOrders means."""
        found = self._cache.orders_open(instrument_id=command.instrument_id, strategy_id=command.strategy_id)
        side = fields.word(command.order_side)
        return [
            fields.text(each.client_order_id) for each in found if side in ("NO_ORDER_SIDE", fields.word(each.side))
        ]

    def clear(self) -> None:
        """Forget every order."""
        self._orders.clear()
        self._origins.clear()
        self._shadowed.clear()

    def _adopted(self, event: Any) -> Order | None:
        known = self._cache.order(event.client_order_id)
        if known is None:
            return None
        order = Order(**fields.asked_for(known.init_event, self._cache.instrument(event.instrument_id)))
        self._stand(order, event, after=False)
        return order

    def _stand(self, order: Order, event: Any, *, after: bool) -> None:
        """Have ``order`` stand where NautilusTrader's stands: after the event, or as it was before."""
        known = self._cache.order(event.client_order_id)
        filled = float(known.filled_qty)
        if not after and type(event).__name__ == "OrderFilled":
            filled = max(filled - float(event.last_qty), 0.0)
        status = Status.PARTIALLY_FILLED if filled else Status.NEW
        if after and known.is_closed:
            status = _CLOSED.get(fields.word(known.status), status)
        order.begin_at(status, filled, known.avg_px or None)

    def _keep(self, key: str, order: Order) -> None:
        self._orders[key] = order
        if len(self._orders) > settings().registry_size:
            oldest, _ = self._orders.popitem(last=False)
            self._origins.pop(oldest, None)
