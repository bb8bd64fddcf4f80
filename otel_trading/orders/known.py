"""What is known of an order: what it asks for, its ids, how far it got, and where its story is written."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, cast

from otel_trading.orders.context import is_simulated
from otel_trading.orders.registry import registry
from otel_trading.orders.state import OrderState
from otel_trading.orders.values import as_float, as_text, as_word
from otel_trading.semconv.attributes import (
    TradingInstrumentTypeValues,
    TradingOrderSideValues,
    TradingOrderTimeInForceValues,
    TradingOrderTypeValues,
)

if TYPE_CHECKING:
    from opentelemetry.trace import SpanContext

    from otel_trading.orders.order import Order
    from otel_trading.semconv.attributes import TradingOrderStatusValues as Status


class Progress:
    """What was reported of an order's requests: they are counted once, however often they are reported."""

    __slots__ = ("acknowledged", "active", "amending", "canceling", "counted", "submitted_at", "withheld")

    def __init__(self) -> None:
        self.submitted_at: float | None = None  # ``time.perf_counter``, seconds
        self.counted = False  # as a submission, be it acknowledged, refused or unconfirmed
        self.acknowledged = False
        self.active = False  # counted as open at the venue
        self.canceling = False
        self.amending = False
        self.withheld: Status | None = None  # reported while an amendment was under way


class KnownOrder:
    """An order as far as it is known; the arguments are those of :class:`otel_trading.orders.order.Order`."""

    __slots__ = (
        "_lock",
        "_progress",
        "_state",
        "arrival_price",
        "client_id",
        "id",
        "ids",
        "instrument_type",
        "original_client_id",
        "price",
        "price_precision",
        "quantity_precision",
        "side",
        "simulated",
        "span_context",
        "stop_price",
        "strategy",
        "superseded",
        "symbol",
        "time_in_force",
        "type",
        "venue",
    )

    def __init__(
        self,
        *,
        venue: str = "",
        symbol: str = "",
        side: str = "",
        type: str = "",  # noqa: A002 - FIX and every trading library call it so
        quantity: float | None = None,
        price: float | None = None,
        stop_price: float | None = None,
        time_in_force: str = "",
        instrument_type: str = "",
        client_id: str = "",
        id: str = "",  # noqa: A002 - FIX and every trading library call it so
        strategy: str = "",
        arrival_price: float | None = None,
        price_precision: int | None = None,
        quantity_precision: int | None = None,
    ) -> None:
        self.venue = as_text(venue)
        self.symbol = as_text(symbol)
        self.side = as_word(TradingOrderSideValues, side)
        self.type = as_word(TradingOrderTypeValues, type, TradingOrderTypeValues.OTHER)
        self.price = as_float(price)
        self.stop_price = as_float(stop_price)
        self.time_in_force = as_word(TradingOrderTimeInForceValues, time_in_force, TradingOrderTimeInForceValues.OTHER)
        self.instrument_type = as_word(TradingInstrumentTypeValues, instrument_type, TradingInstrumentTypeValues.OTHER)
        self.strategy = as_text(strategy)
        self.arrival_price = as_float(arrival_price)
        self.price_precision = price_precision
        self.quantity_precision = quantity_precision
        self.simulated = is_simulated()
        self.client_id = ""
        self.original_client_id = ""
        self.id = ""
        self.ids: frozenset[str] = frozenset()
        self.superseded: frozenset[str] = frozenset()
        self.span_context: SpanContext | None = None
        self._state = OrderState(as_float(quantity))
        self._progress = Progress()
        self._lock = threading.Lock()
        self.know(client_id=client_id, id=id)

    @property
    def quantity(self) -> float | None:
        """OrderQty (38)."""
        return self._state.quantity

    @property
    def status(self) -> Status:
        """The last status reported, in the terms of FIX OrdStatus (39)."""
        return self._state.status

    @property
    def cumulative_quantity(self) -> float:
        """CumQty (14): what was filled so far."""
        return self._state.cumulative

    @property
    def leaves_quantity(self) -> float | None:
        """LeavesQty (151): what is still open; None where the quantity is unknown."""
        return self._state.leaves

    @property
    def average_price(self) -> float | None:
        """AvgPx (6) over the executions whose price is known."""
        return self._state.average

    @property
    def is_submitted(self) -> bool:
        """Whether the order was reported as sent."""
        return self._progress.submitted_at is not None

    def know(self, *, client_id: str = "", id: str = "") -> None:  # noqa: A002 - see __init__
        """Take ids that became known; a changed one adds to the ids by which the order is found."""
        client_id, id = as_text(client_id), as_text(id)  # noqa: A001 - see __init__
        with self._lock:
            if client_id and client_id != self.client_id:
                self.original_client_id = self.client_id
                self.client_id = client_id
            self.id = id or self.id
            known = frozenset(filter(None, (client_id, id))) - self.ids
            self.ids |= known
        if known:
            registry.remember(cast("Order", self), *known)

    def set_quantity(self, quantity: float) -> None:
        """Take the quantity that the order is really sent with."""
        with self._lock:
            self._state.quantity = as_float(quantity)

    def adopt_span(self, span_context: SpanContext) -> None:
        """Make ``span_context`` the place of the order's story, where it has none yet."""
        if self.span_context is None and span_context.is_valid:
            self.span_context = span_context

    def begin_at(self, status: Status, cumulative: float, average: float | None) -> None:
        """Take over an order that this process did not send: what it did before is not recorded again."""
        with self._lock:
            self._state.begin_at(status, cumulative, average)
