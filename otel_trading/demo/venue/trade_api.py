"""Trading and account operations: what a signed request may ask."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from otel_trading.demo.venue.accounts import COMMISSION_RATE
from otel_trading.demo.venue.decimals import ZERO, fixed
from otel_trading.demo.venue.errors import VenueError, missing, no_such_order, unknown_order
from otel_trading.demo.venue.operations import Call, Operation, Security
from otel_trading.demo.venue.tickets import client_id, read_ticket

if TYPE_CHECKING:
    from otel_trading.demo.venue.exchange import Exchange
    from otel_trading.demo.venue.limits import RateLimiter
    from otel_trading.demo.venue.orders import Order
    from otel_trading.demo.venue.params import Params
    from otel_trading.demo.venue.symbols import Symbol

_MODES = ("STOP_ON_FAILURE", "ALLOW_FAILURE")
_RESTRICTIONS = ("ONLY_NEW", "ONLY_PARTIALLY_FILLED")


class TradeApi:
    """Answers for the accounts of one exchange."""

    def __init__(self, exchange: Exchange, limiter: RateLimiter) -> None:
        self._exchange = exchange
        self._limiter = limiter

    def operations(self) -> dict[str, Operation]:
        """Return the operations by their names in the websocket API."""
        signed = Security.SIGNED
        return {
            "order.place": Operation(self._place, 1, signed, 1),
            "order.test": Operation(self._test, 1, signed),
            "order.cancel": Operation(self._cancel, 1, signed),
            "order.cancelReplace": Operation(self._replace, 1, signed, 1),
            "order.status": Operation(self._status, 4, signed),
            "openOrders.status": Operation(self._open, lambda p: 6 if "symbol" in p else 80, signed),
            "openOrders.cancelAll": Operation(self._cancel_all, 1, signed),
            "allOrders": Operation(self._all, 20, signed),
            "myTrades": Operation(self._trades, 20, signed),
            "account.status": Operation(self._account, 20, signed),
            "account.commission": Operation(self._commission, 20, signed),
            "account.rateLimits.orders": Operation(self._order_counts, 40, signed),
        }

    def _symbol(self, params: Params) -> Symbol:
        return self._exchange.market(params.text("symbol")).symbol

    def _optional_symbol(self, params: Params) -> Symbol | None:
        return self._symbol(params) if "symbol" in params else None

    def _place(self, call: Call) -> dict[str, Any]:
        ticket = read_ticket(call.params, self._symbol(call.params), self._exchange.mint_client_id)
        return self._exchange.engine.place(call.account, ticket).acknowledged()

    def _test(self, call: Call) -> dict[str, Any]:
        ticket = read_ticket(call.params, self._symbol(call.params), self._exchange.mint_client_id)
        self._exchange.engine.check(call.account, ticket)
        return {}

    def _found(self, call: Call, id_name: str = "orderId", client_name: str = "origClientOrderId") -> Order | None:
        params = call.params
        order_id, client = params.optional_integer(id_name), params.get(client_name)
        if order_id is None and not client:
            raise VenueError(-1102, f"Param '{client_name}' or '{id_name}' must be sent, but both were empty/null!")
        return self._exchange.blotter.find(call.account, self._symbol(params), order_id, client)

    def _cancel(self, call: Call) -> dict[str, Any]:
        cancel_id = client_id(call.params, "newClientOrderId", self._exchange.mint_client_id)
        return self._canceled(call, self._found(call), cancel_id)

    def _canceled(self, call: Call, order: Order | None, cancel_id: str) -> dict[str, Any]:
        restriction = call.params.get("cancelRestrictions")
        if restriction and restriction not in _RESTRICTIONS:
            raise VenueError(-1145, "cancelRestrictions has to be either ONLY_NEW or ONLY_PARTIALLY_FILLED.")
        return self._exchange.engine.cancel(order, cancel_id, restriction).canceled(cancel_id)

    def _cancel_all(self, call: Call) -> list[dict[str, Any]]:
        orders = self._exchange.blotter.open(call.account, self._symbol(call.params))
        if not orders:
            raise unknown_order()
        mint = self._exchange.mint_client_id
        return [self._canceled(call, order, mint()) for order in orders]

    def _replace(self, call: Call) -> dict[str, Any]:
        """Cancel one order and place another: -2022 where both fail, -2021 where one does."""
        params, engine = call.params, self._exchange.engine
        mode = params.text("cancelReplaceMode")
        if mode not in _MODES:
            raise missing("cancelReplaceMode")
        ticket = read_ticket(params, self._symbol(params), self._exchange.mint_client_id, replacing=True)
        order = self._found(call, "cancelOrderId", "cancelOrigClientOrderId")
        cancel_id = client_id(params, "cancelNewClientOrderId", self._exchange.mint_client_id)
        result: dict[str, Any] = {
            "cancelResult": "SUCCESS",
            "newOrderResult": "NOT_ATTEMPTED",
            "cancelResponse": None,
            "newOrderResponse": None,
        }
        try:
            result["cancelResponse"] = self._canceled(call, order, cancel_id)
        except VenueError as refusal:
            result.update(cancelResult="FAILURE", cancelResponse=refusal.body())
        if result["cancelResult"] == "SUCCESS" or mode == "ALLOW_FAILURE":
            try:
                result["newOrderResponse"] = engine.place(call.account, ticket).acknowledged()
                result["newOrderResult"] = "SUCCESS"
            except VenueError as refusal:
                result.update(newOrderResult="FAILURE", newOrderResponse=refusal.body())
        outcomes = (result["cancelResult"], result["newOrderResult"])
        if outcomes == ("SUCCESS", "SUCCESS"):
            return result
        if "SUCCESS" in outcomes:
            raise VenueError(-2021, "Order cancel-replace partially failed.", status=HTTPStatus.CONFLICT, data=result)
        raise VenueError(-2022, "Order cancel-replace failed.", data=result)

    def _status(self, call: Call) -> dict[str, Any]:
        order = self._found(call)
        if order is None:
            raise no_such_order()
        return order.queried()

    def _open(self, call: Call) -> list[dict[str, Any]]:
        orders = self._exchange.blotter.open(call.account, self._optional_symbol(call.params))
        return [order.queried() for order in orders]

    def _all(self, call: Call) -> list[dict[str, Any]]:
        params = call.params
        first = params.optional_integer("orderId")
        start, end = params.optional_integer("startTime"), params.optional_integer("endTime")
        orders = [
            order.queried()
            for order in self._exchange.blotter.of(call.account, self._symbol(params))
            if (first is None or order.id >= first)
            and (start is None or order.created_ms >= start)
            and (end is None or order.created_ms <= end)
        ]
        limit = params.limit(500, 1_000)
        return orders[:limit] if first is not None else orders[-limit:]

    def _trades(self, call: Call) -> list[dict[str, Any]]:
        params = call.params
        order_id, first = params.optional_integer("orderId"), params.optional_integer("fromId")
        start, end = params.optional_integer("startTime"), params.optional_integer("endTime")
        trades = [
            trade
            for order in self._exchange.blotter.of(call.account, self._symbol(params))
            if order_id in (None, order.id)
            for trade in order.trades()
            if (first is None or trade["id"] >= first)
            and (start is None or trade["time"] >= start)
            and (end is None or trade["time"] <= end)
        ]
        trades.sort(key=lambda trade: int(trade["id"]))
        limit = params.limit(500, 1_000)
        return trades[:limit] if first is not None else trades[-limit:]

    def _account(self, call: Call) -> dict[str, Any]:
        return call.account.told(omit_zero=call.params.flag("omitZeroBalances", default=False))

    def _commission(self, call: Call) -> dict[str, Any]:
        rate, none = fixed(COMMISSION_RATE), fixed(ZERO)
        free = {"maker": none, "taker": none, "buyer": none, "seller": none}
        return {
            "symbol": self._symbol(call.params).name,
            "standardCommission": {"maker": rate, "taker": rate, "buyer": none, "seller": none},
            "specialCommission": free,
            "taxCommission": free,
            "discount": {
                "enabledForAccount": False,
                "enabledForSymbol": False,
                "discountAsset": "BNB",
                "discount": none,
            },
        }

    def _order_counts(self, call: Call) -> list[dict[str, Any]]:
        return self._limiter.told(call.account, orders=True)[:2]
