"""An exchange object as freqtrade has it, as far as its fields are read, and orders as it gave them."""

from __future__ import annotations

from typing import Any

PAIR = "BTC/USDT"
CONTRACT_PAIR = "BTC/USDT:USDT"
DRY_ID = "dry_run_buy_BTC/USDT_e495b353-b839-4752-bbf7-2ef98000ad97"


class Api:
    """ccxt's part."""

    id = "binance"
    precisionMode = 4  # noqa: N815 - ccxt's name

    def __init__(self, markets: dict[str, Any]) -> None:
        self.markets = markets


class Exchange:
    """Freqtrade's part: it counts in base currency where the venue counts contracts of 0.01 each."""

    def __init__(self, *, dry_run: bool = False, loaded: bool = True) -> None:
        markets = {
            PAIR: {"type": "spot", "precision": {"price": 0.01, "amount": 0.00001}, "contractSize": 1.0},
            CONTRACT_PAIR: {"type": "swap", "precision": {"price": 0.1, "amount": 1}, "contractSize": 0.01},
        }
        self._config = {"dry_run": dry_run}
        self._api = Api(markets)
        self._markets = markets if loaded else {}

    def amount_to_precision(self, pair: str, amount: float) -> float:
        """Cut an amount to the market's step."""
        step: float = self._market(pair)["precision"]["amount"]
        return round(int(amount / step + 1e-9) * step, 8)

    def price_to_precision(self, pair: str, price: float) -> float:
        """Round a price to the market's tick."""
        tick: float = self._market(pair)["precision"]["price"]
        return round(round(price / tick) * tick, 8)

    def _amount_to_contracts(self, pair: str, amount: float) -> float:
        return float(amount / self._market(pair)["contractSize"])

    def _contracts_to_amount(self, pair: str, contracts: float) -> float:
        return float(contracts * self._market(pair)["contractSize"])

    def _market(self, pair: str) -> Any:
        if not self._markets:
            raise AssertionError("freqtrade would ask the venue for its markets")
        return self._markets[pair]


def asked(**changes: Any) -> dict[str, Any]:
    """Return the arguments of ``create_order`` as the bot's entry gives them."""
    given = {
        "pair": PAIR,
        "ordertype": "limit",
        "side": "buy",
        "amount": 0.0016662,
        "rate": 60_018.318,
        "leverage": 1.0,
        "time_in_force": "GTC",
        "reduceOnly": False,
        "initial_order": True,
    }
    return given | changes


def live_order(**changes: Any) -> dict[str, Any]:
    """Return an order of ccxt's as ``create_order`` gave it at the simulated venue."""
    given = {
        "id": "42585494",
        "clientOrderId": "x-TKT5PX2F9d82dfb1196d2debbf3b46",
        "timestamp": 1_795_440_305_612,
        "symbol": PAIR,
        "type": "limit",
        "timeInForce": "GTC",
        "side": "buy",
        "price": 50_000.0,
        "amount": 0.1,
        "cost": 0.0,
        "average": None,
        "filled": 0.0,
        "remaining": 0.1,
        "status": "open",
        "fee": None,
        "trades": [],
        "info": {},
    }
    return given | changes


def dry_order(**changes: Any) -> dict[str, Any]:
    """Return an order as freqtrade keeps it in dry-run."""
    given = {
        "id": DRY_ID,
        "symbol": PAIR,
        "price": 50_000.0,
        "average": 50_000.0,
        "amount": 0.1,
        "cost": 5_000.0,
        "type": "limit",
        "side": "buy",
        "filled": 0,
        "remaining": 0.1,
        "datetime": "2026-11-23T13:25:05.063889Z",
        "timestamp": 1_795_440_305_063,
        "status": "open",
        "fee": None,
        "info": {},
    }
    return given | changes


FILLED = {
    "filled": 0.1,
    "remaining": 0,
    "status": "closed",
    "fee": {"currency": "USDT", "cost": 5.0, "rate": 0.001},
}
"""What changes of a simulated order when it is filled."""
