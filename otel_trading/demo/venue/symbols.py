"""The symbols that are traded, and the filters an order has to pass."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from otel_trading.demo.venue.decimals import ZERO, decimals, fixed
from otel_trading.demo.venue.errors import filtered, too_precise

ORDER_TYPES = (
    "LIMIT",
    "LIMIT_MAKER",
    "MARKET",
    "STOP_LOSS",
    "STOP_LOSS_LIMIT",
    "TAKE_PROFIT",
    "TAKE_PROFIT_LIMIT",
)
ASSET_DECIMALS = 8


@dataclass(frozen=True)
class Symbol:
    """One pair: its steps, its limits, and where its price starts.

    ``tick`` and ``step`` are the smallest differences of price and quantity; ``volatility`` is the standard
    deviation of one market step, as a fraction of the price.
    """

    base: str
    quote: str
    start: Decimal
    tick: Decimal
    step: Decimal
    min_quantity: Decimal
    max_quantity: Decimal
    volatility: float = 0.00005
    min_notional: Decimal = Decimal(5)
    max_notional: Decimal = Decimal(9_000_000)
    max_orders: int = 200
    max_algo_orders: int = 5

    @property
    def name(self) -> str:
        """The venue's name of the pair, such as ``BTCUSDT``."""
        return self.base + self.quote

    @property
    def max_price(self) -> Decimal:
        """The greatest price that PRICE_FILTER lets pass."""
        return self.tick * 10**8

    def check_price(self, name: str, price: Decimal) -> None:
        """Raise -1111 or -1013 PRICE_FILTER where ``price``, the parameter called ``name``, does not fit."""
        if decimals(price) > ASSET_DECIMALS:
            raise too_precise(name)
        if not self.tick <= price <= self.max_price or price % self.tick != ZERO:
            raise filtered("PRICE_FILTER")

    def check_quantity(self, quantity: Decimal, *, market: bool = False) -> None:
        """Raise -1111 or -1013 LOT_SIZE (MARKET_LOT_SIZE) where ``quantity`` does not fit."""
        if decimals(quantity) > ASSET_DECIMALS:
            raise too_precise("quantity")
        if not self.min_quantity <= quantity <= self.max_quantity or quantity % self.step != ZERO:
            raise filtered("LOT_SIZE")
        if market and quantity > self.max_quantity / 10:
            raise filtered("MARKET_LOT_SIZE")

    def check_notional(self, price: Decimal, quantity: Decimal) -> None:
        """Raise -1013 NOTIONAL where price times quantity is too small or too big."""
        if not self.min_notional <= price * quantity <= self.max_notional:
            raise filtered("NOTIONAL")

    def check_distance(self, price: Decimal, average: Decimal) -> None:
        """Raise -1013 PERCENT_PRICE_BY_SIDE where ``price`` is absurdly far from ``average``."""
        if not average / 5 <= price <= average * 5:
            raise filtered("PERCENT_PRICE_BY_SIDE")

    def told(self) -> dict[str, Any]:
        """Return the entry of ``exchangeInfo``."""
        return {
            "symbol": self.name,
            "status": "TRADING",
            "baseAsset": self.base,
            "baseAssetPrecision": ASSET_DECIMALS,
            "quoteAsset": self.quote,
            "quotePrecision": ASSET_DECIMALS,
            "quoteAssetPrecision": ASSET_DECIMALS,
            "baseCommissionPrecision": ASSET_DECIMALS,
            "quoteCommissionPrecision": ASSET_DECIMALS,
            "orderTypes": list(ORDER_TYPES),
            "icebergAllowed": False,
            "ocoAllowed": False,
            "otoAllowed": False,
            "quoteOrderQtyMarketAllowed": True,
            "allowTrailingStop": False,
            "cancelReplaceAllowed": True,
            "amendAllowed": False,
            "isSpotTradingAllowed": True,
            "isMarginTradingAllowed": False,
            "filters": self._filters(),
            "permissions": [],
            "permissionSets": [["SPOT"]],
            "defaultSelfTradePreventionMode": "NONE",
            "allowedSelfTradePreventionModes": ["NONE"],
        }

    def _filters(self) -> list[dict[str, Any]]:
        return [
            {
                "filterType": "PRICE_FILTER",
                "minPrice": fixed(self.tick),
                "maxPrice": fixed(self.max_price),
                "tickSize": fixed(self.tick),
            },
            {
                "filterType": "LOT_SIZE",
                "minQty": fixed(self.min_quantity),
                "maxQty": fixed(self.max_quantity),
                "stepSize": fixed(self.step),
            },
            {
                "filterType": "MARKET_LOT_SIZE",
                "minQty": fixed(ZERO),
                "maxQty": fixed(self.max_quantity / 10),
                "stepSize": fixed(ZERO),
            },
            {
                "filterType": "PERCENT_PRICE_BY_SIDE",
                "bidMultiplierUp": "5",
                "bidMultiplierDown": "0.2",
                "askMultiplierUp": "5",
                "askMultiplierDown": "0.2",
                "avgPriceMins": 5,
            },
            {
                "filterType": "NOTIONAL",
                "minNotional": fixed(self.min_notional),
                "applyMinToMarket": True,
                "maxNotional": fixed(self.max_notional),
                "applyMaxToMarket": False,
                "avgPriceMins": 5,
            },
            {"filterType": "MAX_NUM_ORDERS", "maxNumOrders": self.max_orders},
            {"filterType": "MAX_NUM_ALGO_ORDERS", "maxNumAlgoOrders": self.max_algo_orders},
        ]


def _symbol(base: str, start: str, tick: str, step: str, most: int) -> Symbol:
    lot = Decimal(step)
    return Symbol(base, "USDT", Decimal(start), Decimal(tick), lot, lot, Decimal(most))


SYMBOLS = (
    _symbol("BTC", "60000", "0.01", "0.00001", 9_000),
    _symbol("ETH", "3000", "0.01", "0.0001", 9_000),
    _symbol("SOL", "150", "0.01", "0.001", 90_000),
    _symbol("BNB", "600", "0.01", "0.001", 90_000),
    _symbol("XRP", "0.6", "0.0001", "1", 9_000_000),
    _symbol("ADA", "0.45", "0.0001", "0.1", 9_000_000),
    _symbol("DOGE", "0.12", "0.00001", "1", 9_000_000),
)
"""What the venue trades unless it is told otherwise."""
