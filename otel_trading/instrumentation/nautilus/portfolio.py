"""Positions, profit and loss, and the trading state, as a kernel's message bus tells of them."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from otel_trading.instrumentation.nautilus import fields
from otel_trading.orders import measures
from otel_trading.orders.context import STRATEGY_KEY, use_value


class _Book:
    """What one strategy made with one instrument: of positions that are closed, and of each that is open."""

    __slots__ = ("closed", "open")

    def __init__(self) -> None:
        self.closed = 0.0
        self.open: dict[str, tuple[float, float]] = {}  # position id -> realized, unrealized

    @property
    def realized(self) -> float:
        """All that was realized since this process began."""
        return self.closed + sum(realized for realized, _ in self.open.values())

    @property
    def unrealized(self) -> float:
        """What the open positions would make, as of the last event of each."""
        return sum(unrealized for _, unrealized in self.open.values())


class Portfolio:
    """The positions of one kernel."""

    def __init__(self, kernel: Any) -> None:
        self._cache = kernel.cache
        self._books: defaultdict[tuple[str, str], _Book] = defaultdict(_Book)
        self._halted = False

    def position(self, event: Any) -> None:
        """Take a PositionOpened, PositionChanged or PositionClosed."""
        venue, symbol = fields.place(event.instrument_id)
        strategy = fields.text(event.strategy_id)
        book = self._books[strategy, fields.text(event.instrument_id)]
        position_id = fields.text(event.position_id)
        realized = fields.number(event.realized_pnl) or 0.0
        if type(event).__name__ == "PositionClosed":
            book.open.pop(position_id, None)
            book.closed += realized  # a position that is opened again under the same id begins at zero
        else:
            book.open[position_id] = (realized, fields.number(event.unrealized_pnl) or 0.0)
        open_positions = self._cache.positions_open(instrument_id=event.instrument_id, strategy_id=event.strategy_id)
        with use_value(STRATEGY_KEY, strategy):
            measures.position(symbol, sum(float(each.signed_qty) for each in open_positions), venue=venue)
            measures.pnl(
                realized=book.realized,
                unrealized=book.unrealized,
                currency=str(event.currency),
                venue=venue,
                symbol=symbol,
            )

    def trading_state(self, event: Any) -> None:
        """Take a TradingStateChanged: a risk engine that is halted denies every order."""
        state = fields.word(getattr(event, "state", ""))
        halted = state == "HALTED"
        if halted is not self._halted:
            self._halted = halted
            measures.kill_switch(active=halted, reason=f"the risk engine's trading state is {state}")
