"""What lies beside the spot API proper and is asked by clients on their way to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from otel_trading.demo.venue.accounts import COMMISSION_RATE
from otel_trading.demo.venue.decimals import ZERO, fixed
from otel_trading.demo.venue.operations import Call, Operation, Security

if TYPE_CHECKING:
    from otel_trading.demo.venue.exchange import Exchange


class WalletApi:
    """The few answers under ``/sapi``, and the empty markets of futures."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def operations(self) -> dict[str, Operation]:
        """Return the operations; the names are ours, the websocket API has none of them."""
        return {
            "wallet.coins": Operation(self._coins, 10, Security.SIGNED),
            "wallet.fees": Operation(self._fees, 1, Security.SIGNED),
            "margin.pairs": Operation(lambda _call: [], 1, Security.SIGNED),
            "wallet.status": Operation(lambda _call: {"status": 0, "msg": "normal"}),
            "futures.exchangeInfo": Operation(self._no_futures),
        }

    def _coins(self, call: Call) -> list[dict[str, Any]]:
        assets = {
            asset for market in self._exchange.markets.values() for asset in (market.symbol.base, market.symbol.quote)
        }
        return [_coin(asset, call) for asset in sorted(assets)]

    def _fees(self, call: Call) -> list[dict[str, Any]]:
        name = call.params.get("symbol")
        markets = [self._exchange.market(name)] if name else list(self._exchange.markets.values())
        rate = f"{COMMISSION_RATE}"
        return [{"symbol": market.symbol.name, "makerCommission": rate, "takerCommission": rate} for market in markets]

    def _no_futures(self, _call: Call) -> dict[str, Any]:
        return {
            "timezone": "UTC",
            "serverTime": self._exchange.clock.now_ms(),
            "rateLimits": [],
            "exchangeFilters": [],
            "assets": [],
            "symbols": [],
        }


def _coin(asset: str, call: Call) -> dict[str, Any]:
    balance = call.account.balance(asset)
    return {
        "coin": asset,
        "depositAllEnable": False,
        "withdrawAllEnable": False,
        "name": asset,
        "free": fixed(balance.free),
        "locked": fixed(balance.locked),
        "freeze": fixed(ZERO),
        "withdrawing": fixed(ZERO),
        "ipoing": fixed(ZERO),
        "ipoable": fixed(ZERO),
        "storage": fixed(ZERO),
        "isLegalMoney": False,
        "trading": True,
        "networkList": [],
    }
