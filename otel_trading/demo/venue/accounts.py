"""Accounts: keys, balances, and what is locked behind open orders."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from otel_trading.demo.venue.decimals import ZERO, fixed
from otel_trading.demo.venue.errors import insufficient_balance

COMMISSION_RATE = Decimal("0.001")
"""Maker and taker pay the same, in the asset they receive."""

DEMO_KEY = "venue-demo-key"
DEMO_SECRET = "venue-demo-secret"

DEMO_BALANCES = {
    "USDT": Decimal(1_000_000),
    "BTC": Decimal(10),
    "ETH": Decimal(100),
    "SOL": Decimal(1_000),
    "BNB": Decimal(100),
}


@dataclass
class Balance:
    """What an account has of one asset."""

    free: Decimal = ZERO
    locked: Decimal = ZERO


@dataclass
class Account:
    """One client of the venue, known by its API key."""

    key: str = DEMO_KEY
    secret: str = DEMO_SECRET
    uid: int = 354_937_868
    balances: dict[str, Balance] = field(
        default_factory=lambda: {asset: Balance(amount) for asset, amount in DEMO_BALANCES.items()}
    )
    updated_ms: int = 0

    def balance(self, asset: str) -> Balance:
        """Return the balance of ``asset``, which begins at nothing."""
        return self.balances.setdefault(asset, Balance())

    def lock(self, asset: str, amount: Decimal) -> None:
        """Set ``amount`` aside for an order; raise -2010 where it is not there."""
        balance = self.balance(asset)
        if balance.free < amount:
            raise insufficient_balance()
        balance.free -= amount
        balance.locked += amount

    def release(self, asset: str, amount: Decimal) -> None:
        """Give back what was set aside."""
        balance = self.balance(asset)
        balance.locked -= amount
        balance.free += amount

    def spend(self, asset: str, locked: Decimal, cost: Decimal) -> None:
        """Pay ``cost`` out of what was locked for it, and free the rest (or take what is lacking)."""
        balance = self.balance(asset)
        balance.locked -= locked
        balance.free += locked - cost

    def receive(self, asset: str, amount: Decimal) -> None:
        """Add ``amount``."""
        self.balance(asset).free += amount

    def told(self, *, omit_zero: bool = False) -> dict[str, Any]:
        """Return the answer of the endpoint ``account``."""
        rate = fixed(COMMISSION_RATE)
        return {
            "makerCommission": 10,
            "takerCommission": 10,
            "buyerCommission": 0,
            "sellerCommission": 0,
            "commissionRates": {"maker": rate, "taker": rate, "buyer": fixed(ZERO), "seller": fixed(ZERO)},
            "canTrade": True,
            "canWithdraw": False,
            "canDeposit": False,
            "brokered": False,
            "requireSelfTradePrevention": False,
            "preventSor": False,
            "updateTime": self.updated_ms,
            "accountType": "SPOT",
            "balances": [
                {"asset": asset, "free": fixed(balance.free), "locked": fixed(balance.locked)}
                for asset, balance in sorted(self.balances.items())
                if not omit_zero or balance.free or balance.locked
            ],
            "permissions": ["SPOT"],
            "uid": self.uid,
        }
