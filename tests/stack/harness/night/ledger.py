"""What a strategy has won, lost and at stake: a walk by chance, told to the public API as a bot would."""

from __future__ import annotations

from typing import TYPE_CHECKING

import otel_trading

if TYPE_CHECKING:
    import random

TICK = 0.5
"""Seconds between two looks at a book."""

CURRENCY = "USDT"
_DAILY_LIMIT = 2_500.0
_EXPOSURE_LIMIT = 60_000.0
_EQUITY = 40_000.0
_BREACH = 1.0
_RELEASE_AFTER = 12


class Ledger:
    """The book of one strategy.

    ``luck`` is what it wins in a second, as a share of its daily loss limit. One that loses has its kill switch thrown.
    """

    def __init__(self, chance: random.Random, symbol: str, venue: str, luck: float) -> None:
        self._chance, self._symbol, self._venue, self._luck = chance, symbol, venue, luck
        self._realized = self._unrealized = self._peak = 0.0
        self._position = 0.4
        self._stopped_for = 0
        self.stopped = False
        otel_trading.kill_switch(active=False, reason="start")

    def tick(self) -> None:
        """Let a moment pass, and tell where the strategy stands."""
        self._realized += self._chance.gauss(self._luck * TICK * _DAILY_LIMIT, 40)
        self._unrealized = self._chance.gauss(0, 140)
        self._position = max(min(self._position + self._chance.gauss(0, 0.1), 1.0), -1.0)
        total = self._realized + self._unrealized
        self._peak = max(self._peak, total)
        drawdown = (self._peak - total) / _DAILY_LIMIT
        otel_trading.pnl(
            realized=self._realized,
            unrealized=self._unrealized,
            currency=CURRENCY,
            venue=self._venue,
            symbol=self._symbol,
            drawdown_utilization=drawdown,
        )
        otel_trading.position(self._symbol, self._position, venue=self._venue)
        gross = 15_000 + abs(self._position) * 50_000
        otel_trading.exposure(
            gross=gross,
            net=self._position * 50_000,
            currency=CURRENCY,
            leverage=gross / _EQUITY,
            var=gross * 0.023,
            venue=self._venue,
        )
        otel_trading.risk_check("max_exposure", passed=gross < _EXPOSURE_LIMIT, value=gross, limit=_EXPOSURE_LIMIT)
        otel_trading.risk_check("daily_loss", passed=drawdown < _BREACH, value=-total, limit=_DAILY_LIMIT)
        self._guard(drawdown)

    def _guard(self, drawdown: float) -> None:
        if self.stopped:
            self._stopped_for += 1
            if self._stopped_for >= _RELEASE_AFTER:
                self.stopped, self._stopped_for = False, 0
                self._peak = self._realized + self._unrealized  # the desk has looked at it, and starts anew
                otel_trading.kill_switch(active=False, reason="released by the desk")
        elif drawdown >= _BREACH:
            self.stopped = True
            otel_trading.kill_switch(active=True, reason="daily loss limit")
