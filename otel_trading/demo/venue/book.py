"""A synthetic order book around the price, with the update ids of the depth stream."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from otel_trading.demo.venue.chance import generator
from otel_trading.demo.venue.decimals import ZERO, floor_to

if TYPE_CHECKING:
    from otel_trading.demo.venue.symbols import Symbol

_LEVELS = 40
_SPREAD = Decimal("0.00005")
_GAP = Decimal("0.00005")
_REDRAWN = 4


class Piece(NamedTuple):
    """A part of an order that found its match at one price."""

    price: Decimal
    quantity: Decimal


class DepthDiff(NamedTuple):
    """What changed since the last diff: the fields ``U``, ``u``, ``b`` and ``a`` of ``depthUpdate``."""

    first_id: int
    last_id: int
    bids: list[Piece]
    asks: list[Piece]


class Book:
    """Bids and asks of one symbol. A level that changes takes one update id."""

    def __init__(self, symbol: Symbol, seed: int) -> None:
        self._symbol = symbol
        self._random = generator(seed, symbol.name, "book")
        self._gap = max(symbol.tick, floor_to(symbol.start * _GAP, symbol.tick))
        self._bids: dict[Decimal, Decimal] = {}
        self._asks: dict[Decimal, Decimal] = {}
        self._changed_bids: dict[Decimal, Decimal] = {}
        self._changed_asks: dict[Decimal, Decimal] = {}
        self.last_id = 10_000_000_000 + self._random.randrange(10**9)
        self._sent_id = self.last_id

    @property
    def best_bid(self) -> Piece:
        """The highest bid."""
        price = max(self._bids)
        return Piece(price, self._bids[price])

    @property
    def best_ask(self) -> Piece:
        """The lowest ask."""
        price = min(self._asks)
        return Piece(price, self._asks[price])

    def bids(self, limit: int | None = None) -> list[Piece]:
        """Return the best bids, best first; all where there is no ``limit``."""
        return [Piece(price, self._bids[price]) for price in sorted(self._bids, reverse=True)[:limit]]

    def asks(self, limit: int | None = None) -> list[Piece]:
        """Return the best asks, best first; all where there is no ``limit``."""
        return [Piece(price, self._asks[price]) for price in sorted(self._asks)[:limit]]

    def follow(self, mid: Decimal) -> None:
        """Rearrange the levels around a new mid price."""
        tick = self._symbol.tick
        half = max(tick, floor_to(mid * _SPREAD / 2, tick))
        bid, ask = mid - half, mid + half
        rungs = [floor_to(bid, self._gap) - self._gap * n for n in range(_LEVELS)]
        self._shape(self._bids, self._changed_bids, {bid, *(rung for rung in rungs if ZERO < rung < bid)})
        rungs = [floor_to(ask, self._gap) + self._gap * (n + 1) for n in range(_LEVELS)]
        self._shape(self._asks, self._changed_asks, {ask, *rungs})

    def match(self, *, buy: bool, quantity: Decimal, limit: Decimal | None = None) -> list[Piece]:
        """Return what an incoming order would trade, best price first, without changing the book.

        ``limit`` is the worst price it accepts. The pieces may sum to less than ``quantity``.
        """
        pieces = []
        for level in self.asks() if buy else self.bids():
            if quantity <= ZERO or (limit is not None and (level.price > limit if buy else level.price < limit)):
                break
            piece = Piece(level.price, min(level.quantity, quantity))
            pieces.append(piece)
            quantity -= piece.quantity
        return pieces

    def match_quote(self, *, buy: bool, amount: Decimal) -> list[Piece]:
        """Return what an order for an ``amount`` of the quote asset would trade; the rest is below one step."""
        pieces = []
        for level in self.asks() if buy else self.bids():
            quantity = min(level.quantity, floor_to(amount / level.price, self._symbol.step))
            if quantity <= ZERO:
                break
            pieces.append(Piece(level.price, quantity))
            amount -= quantity * level.price
        return pieces

    def take(self, *, buy: bool, pieces: list[Piece]) -> None:
        """Remove from the book what an incoming order traded."""
        side, changed = (self._asks, self._changed_asks) if buy else (self._bids, self._changed_bids)
        for price, quantity in pieces:
            self._put(side, changed, price, side[price] - quantity)

    def flush(self) -> DepthDiff | None:
        """Return the changes since the last call, or nothing where there are none."""
        if self.last_id == self._sent_id:
            return None
        diff = DepthDiff(
            self._sent_id + 1,
            self.last_id,
            [Piece(price, quantity) for price, quantity in self._changed_bids.items()],
            [Piece(price, quantity) for price, quantity in self._changed_asks.items()],
        )
        self._sent_id = self.last_id
        self._changed_bids.clear()
        self._changed_asks.clear()
        return diff

    def _shape(self, side: dict[Decimal, Decimal], changed: dict[Decimal, Decimal], wanted: set[Decimal]) -> None:
        for price in [price for price in side if price not in wanted]:
            self._put(side, changed, price, ZERO)
        # Sorted, because the order of a set of decimals is no part of the seed.
        for price in sorted(wanted - side.keys()):
            self._put(side, changed, price, self._quantity(price))
        for price in self._random.sample(sorted(side), min(_REDRAWN, len(side))):
            self._put(side, changed, price, self._quantity(price))

    def _put(
        self,
        side: dict[Decimal, Decimal],
        changed: dict[Decimal, Decimal],
        price: Decimal,
        quantity: Decimal,
    ) -> None:
        if quantity > ZERO:
            side[price] = quantity
        else:
            side.pop(price, None)
        changed[price] = max(quantity, ZERO)
        self.last_id += 1

    def _quantity(self, price: Decimal) -> Decimal:
        worth = Decimal(self._random.randrange(2_000, 60_000))
        return max(floor_to(worth / price, self._symbol.step), self._symbol.step)
