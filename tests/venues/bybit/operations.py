"""What can be asked of the venue, the same over REST and over a websocket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from tests.venues.bybit.engine import HALF_SPREAD, PRICES
from tests.venues.bybit.refusals import RefusedError, no_such_symbol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from otel_trading.demo.venue.clock import Clock
    from tests.venues.bybit.engine import Engine
    from tests.venues.bybit.orders import Order

    Given = dict[str, Any]


class Answer(NamedTuple):
    """The two parts of an answer that an operation gives."""

    result: Mapping[str, Any]
    extra: Mapping[str, Any] = {}


class Operations:
    """Operations by name; each takes its parameters and gives an :class:`Answer` or raises ``RefusedError``."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self.trading: Mapping[str, Callable[[Given], Answer]] = {
            "order.create": lambda given: Answer(_ids(engine.place(given))),
            "order.amend": lambda given: Answer(_ids(engine.amend(given))),
            "order.cancel": lambda given: Answer(_ids(engine.cancel(given))),
            "order.create-batch": lambda given: self._batch(given, engine.place),
            "order.amend-batch": lambda given: self._batch(given, engine.amend),
            "order.cancel-batch": lambda given: self._batch(given, engine.cancel),
            "order.cancel-all": lambda given: Answer(_listed([_ids(each) for each in engine.cancel_all(given)])),
        }

    def _batch(self, given: Given, run: Callable[[Given], Order]) -> Answer:
        told: list[Given] = []
        said: list[Given] = []
        for item in given.get("request") or ():
            asked = {"category": given.get("category")} | item
            try:
                order = run(asked)
            except RefusedError as refusal:
                named = {key: item.get(key, "") for key in ("symbol", "orderLinkId")}
                told.append({"category": asked["category"], "orderId": "", "createAt": ""} | named)
                said.append({"code": refusal.code, "msg": refusal.message})
            else:
                told.append(_ids(order) | {"category": order.category, "symbol": order.symbol, "createAt": "1"})
                said.append({"code": 0, "msg": "OK"})
        return Answer({"list": told}, {"list": said})

    def open_orders(self, given: Given) -> Answer:
        """Return the open orders, or one order that is named."""
        return Answer(_paged(given, [order.told() for order in self._engine.matching(given) if order.is_open]))

    def order_history(self, given: Given) -> Answer:
        """Return the orders that are over."""
        return Answer(_paged(given, [order.told() for order in self._engine.matching(given) if not order.is_open]))

    def executions(self, given: Given) -> Answer:
        """Return the executions, the newest first."""
        orders = {order.id for order in self._engine.matching(given)}
        done = [item.told() for item in reversed(self._engine.executions) if item.order.id in orders]
        return Answer(_paged(given, done))

    def positions(self, given: Given) -> Answer:
        """Return the positions of a category."""
        names = [given["symbol"]] if given.get("symbol") else list(PRICES)
        return Answer(_paged(given, [self._engine.position(str(given.get("category")), name) for name in names]))

    def wallet(self, given: Given) -> Answer:
        """Return the balances."""
        coin = {"coin": "USDT", "equity": "1000000", "walletBalance": "1000000", "unrealisedPnl": "0"}
        account = {"accountType": given.get("accountType"), "totalEquity": "1000000", "coin": [coin]}
        return Answer({"list": [account]})

    def tickers(self, given: Given) -> Answer:
        """Return the ticker of one symbol, or of all."""
        names = [given["symbol"]] if given.get("symbol") else list(PRICES)
        return Answer(_paged(given, [ticker(name) for name in names]))

    def orderbook(self, given: Given) -> Answer:
        """Return the order book of a symbol."""
        found = book(str(given.get("symbol")), str(given.get("category")))
        return Answer(found | {"ts": self._clock.now_ms(), "u": 1, "seq": 1, "cts": self._clock.now_ms()})

    def server_time(self, _given: Given) -> Answer:
        """Return the venue's clock."""
        now_ms = self._clock.now_ms()
        return Answer({"timeSecond": str(now_ms // 1000), "timeNano": str(now_ms * 1_000_000)})

    def instruments(self, given: Given) -> Answer:
        """Return the symbols."""
        return Answer(_paged(given, [{"symbol": name, "status": "Trading"} for name in PRICES]))


def ticker(symbol: str) -> dict[str, Any]:
    """Return the best prices of a symbol."""
    if symbol not in PRICES:
        raise no_such_symbol("linear")
    price = PRICES[symbol]
    return {
        "symbol": symbol,
        "lastPrice": f"{price:f}",
        "bid1Price": f"{price - HALF_SPREAD:f}",
        "bid1Size": "2",
        "ask1Price": f"{price + HALF_SPREAD:f}",
        "ask1Size": "2",
    }


def book(symbol: str, category: str = "linear") -> dict[str, Any]:
    """Return two levels of each side of a symbol's book."""
    if symbol not in PRICES:
        raise no_such_symbol(category)
    price = PRICES[symbol]
    steps = [HALF_SPREAD, HALF_SPREAD + 1]
    return {
        "s": symbol,
        "b": [[f"{price - step:f}", "2"] for step in steps],
        "a": [[f"{price + step:f}", "2"] for step in steps],
    }


def _ids(order: Order) -> dict[str, Any]:
    return {"orderId": order.id, "orderLinkId": order.link_id}


def _listed(items: list[Given]) -> Given:
    return {"list": items, "success": "1"}


def _paged(given: Given, items: list[Given]) -> Given:
    return {"category": given.get("category", ""), "list": items, "nextPageCursor": ""}
