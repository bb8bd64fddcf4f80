"""The price process: a seeded random walk per symbol, and the past that leads up to it."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING

from otel_trading.demo.venue.chance import generator

if TYPE_CHECKING:
    import random

    from otel_trading.demo.venue.symbols import Symbol

DAY_MS = 86_400_000
_WAVES = 9


class PriceWalk:
    """A geometric random walk, rounded to ticks.

    It draws from a generator of its own, so its path is a function of seed, symbol and number of steps, and
    nothing that clients do changes it. ``speed`` is how many times faster than normal the market moves.
    """

    def __init__(self, symbol: Symbol, seed: int, speed: float = 1.0) -> None:
        self._symbol = symbol
        self._random = generator(seed, symbol.name, "walk")
        self._deviation = symbol.volatility * math.sqrt(speed)
        self.mid = symbol.start

    def step(self) -> Decimal:
        """Move the mid price by one step and return it."""
        return self.place(self.mid * Decimal(math.exp(self._random.gauss(0.0, self._deviation))))

    def place(self, price: Decimal) -> Decimal:
        """Put the mid price at ``price``, rounded to a tick and kept inside the price filter."""
        tick = self._symbol.tick
        floor = tick * 200
        self.mid = min(max(round(price / tick) * tick, floor), self._symbol.max_price / 2)
        return self.mid


class Past:
    """The price before the venue opened: a smooth seeded curve that ends at the start price.

    A function of time alone, so candles of any width and any age agree with one another.
    """

    def __init__(self, symbol: Symbol, seed: int, opened_ms: int) -> None:
        draw = generator(seed, symbol.name, "past")
        self._symbol = symbol
        self._start = float(symbol.start)
        self._opened_ms = opened_ms
        # Periods from some minutes to about a year, each about a third of the one before it.
        self._waves = [(0.12 / 1.9**n, 365 * DAY_MS / 3.3**n, draw.uniform(0, 2 * math.pi)) for n in range(_WAVES)]
        self._seed = seed

    def price(self, time_ms: int) -> float:
        """Return the price at a moment before the opening."""
        ago = time_ms - self._opened_ms
        log = sum(
            height * (math.sin(2 * math.pi * ago / period + phase) - math.sin(phase))
            for height, period, phase in self._waves
        )
        return self._start * math.exp(log)

    def noise(self, time_ms: int) -> random.Random:
        """Return a generator that depends on the seed and on a moment only."""
        return generator(self._seed, self._symbol.name, time_ms)
