"""Where the orders of the benchmark go: venues that answer in the process, so that their time drowns nothing."""

from __future__ import annotations

import io
import itertools
import json
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

if TYPE_CHECKING:
    from requests import PreparedRequest

VENUE = "binance"
SYMBOL = "BTC/USDT"
STRATEGY = "grid-btc"
QUANTITY = 0.5
PRICE = 60_000.0
ARRIVAL = 60_001.5
FEE = 12.6


class Answer(NamedTuple):
    """The ids that the venue gave an order and its one execution."""

    order_id: str
    execution_id: str


class Venue(Protocol):
    """Takes a limit order to buy and fills it at once."""

    def send(self, client_id: str) -> Answer:
        """Send the order."""


class Direct:
    """A venue without a library: nothing is measured but telemetry."""

    def __init__(self) -> None:
        self._number = itertools.count(28_000_000)

    def send(self, client_id: str) -> Answer:  # noqa: ARG002 - the interface's
        """Fill the order."""
        number = next(self._number)
        return Answer(str(number), f"e{number}")


class Ccxt:
    """The real ccxt over the real requests, whose transport answers in the process."""

    def __init__(self) -> None:
        import ccxt  # noqa: PLC0415 - takes a second, and only this venue needs it

        self._exchange = ccxt.binance({"apiKey": "key", "secret": "secret", "enableRateLimit": False})
        self._exchange.set_markets([self._exchange.safe_market_structure(_MARKET)])
        self._exchange.session.mount("https://", _Transport())

    def send(self, client_id: str) -> Answer:
        """Fill the order."""
        order = self._exchange.create_order(SYMBOL, "limit", "buy", QUANTITY, PRICE, {"clientOrderId": client_id})
        return Answer(order["id"], order["trades"][0]["id"])


_MARKET = {
    "id": "BTCUSDT",
    "symbol": SYMBOL,
    "base": "BTC",
    "quote": "USDT",
    "baseId": "BTC",
    "quoteId": "USDT",
    "type": "spot",
    "spot": True,
    "active": True,
    "precision": {"amount": 0.00001, "price": 0.01},
    "limits": {},
    "info": {"orderTypes": ["LIMIT", "MARKET"]},
}


class _Transport(BaseAdapter):
    """Answers as Binance answers a limit order that is filled at once."""

    def __init__(self) -> None:
        super().__init__()
        self._number = itertools.count(28_000_000)

    def send(self, request: PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        """Answer the request."""
        number = next(self._number)
        filled = {"price": str(PRICE), "qty": str(QUANTITY), "commission": str(FEE), "commissionAsset": "USDT"}
        answer = requests.Response()
        answer.request, answer.url = request, str(request.url)
        answer.status_code, answer.reason, answer.encoding = 200, "OK", "utf-8"
        answer.headers = CaseInsensitiveDict({"Content-Type": "application/json", "x-mbx-used-weight-1m": "12"})
        answer.raw = io.BytesIO(
            json.dumps(
                {
                    "symbol": "BTCUSDT",
                    "orderId": number,
                    "clientOrderId": "x",
                    "transactTime": 1_795_435_200_000,
                    "price": str(PRICE),
                    "origQty": str(QUANTITY),
                    "executedQty": str(QUANTITY),
                    "cummulativeQuoteQty": str(QUANTITY * PRICE),
                    "status": "FILLED",
                    "timeInForce": "GTC",
                    "type": "LIMIT",
                    "side": "BUY",
                    "fills": [{**filled, "tradeId": number}],
                }
            ).encode()
        )
        return answer

    def close(self) -> None:
        """Hold nothing."""
