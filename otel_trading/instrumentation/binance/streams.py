"""The sockets of python-binance: connected and lost, and what their messages tell.

A user's stream has one of two ways. The library may call the bot back, from the thread of its
``ThreadedWebsocketManager``: then the order that a message is about is at work while the bot handles it. Or the bot
waits for messages itself (``await socket.recv()``), and nothing says where its handling ends.
"""

from __future__ import annotations

import asyncio
import functools
import weakref
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from opentelemetry import context as otel

from otel_trading.instrumentation.binance import events, fields
from otel_trading.instrumentation.binance.observed import venue_of
from otel_trading.instrumentation.toolkit import connections, limits
from otel_trading.instrumentation.toolkit.connections import Connection
from otel_trading.instrumentation.toolkit.messages import at_work
from otel_trading.instrumentation.toolkit.spans import is_inside
from otel_trading.instrumentation.toolkit.values import number, text
from otel_trading.orders import market, measures, updates
from otel_trading.orders.contain import contained
from otel_trading.orders.context import current_order, use_context

if TYPE_CHECKING:
    from collections.abc import Callable

    from opentelemetry.context import Context

    from otel_trading.instrumentation.toolkit.layers import Watching
    from otel_trading.instrumentation.toolkit.patching import Patches
    from otel_trading.instrumentation.toolkit.terms import Fields
    from otel_trading.instrumentation.toolkit.wrapping import Call, Outcome

_LIMITS = {"REQUEST_WEIGHT": "weight", "ORDERS": "orders"}
_EXITING = "EXITING"


def leaving(call: Call) -> None:
    """Take the client id that the library gives an order without one, just before the order leaves."""
    order = current_order()
    params = call.get("data") or call.get("params")
    if order is not None and not order.client_id and isinstance(params, dict) and is_inside("order"):
        order.know(client_id=fields.client_id(params))


def answered(call: Call) -> None:
    """Take the rate limits in the headers of an answer."""
    response = call.get("response")
    url = text(getattr(response, "url", ""))
    host = urlsplit(url).hostname or ""
    venue = venue_of(call.target) if call.target is not None else venue_of(_Address(f"https://{host}"))
    limits.record(venue, url, getattr(response, "headers", None))


class _Address:
    """What a static method of the library knows of the venue."""

    def __init__(self, url: str) -> None:
        self._url = url


def connect(_: Fields, call: Call) -> Watching:
    """Watch a socket connect: outside any order, since it outlives the one that it was opened for."""
    with use_context(connections.lasting()):
        outcome = yield
    if outcome.error is None:
        connections.connected(_connection(call.target))


def lost(call: Call) -> None:
    """Take note that a socket was found closed, and will be connected again."""
    socket = getattr(call.target, "ws", None)
    code = getattr(socket, "close_code", None)
    connections.disconnected(
        _connection(call.target),
        code=code if isinstance(code, int) else None,
        reason=text(getattr(socket, "close_reason", None)),
    )


def ended(call: Call, outcome: Outcome) -> None:
    """Take note that nobody reads from a socket any more: the bot closes it, or the library gave it up."""
    state = getattr(call.target, "ws_state", None)
    left = outcome.error is not None and not isinstance(outcome.error, Exception)  # the bot's loop ended over it
    on_purpose = left or getattr(state, "name", "") == _EXITING
    reason = "" if on_purpose else "the library reads no more from it"
    connections.disconnected(_connection(call.target), reason=reason, on_purpose=on_purpose)


def closed(call: Call) -> None:
    """Take note that the bot closes a socket."""
    connections.disconnected(_connection(call.target), on_purpose=True)


def _connection(socket: Any) -> Connection:
    host = urlsplit(text(getattr(socket, "_url", ""))).hostname or ""
    return Connection(venue_of(socket), socket, weakref.ref(socket), host)


def received(call: Call, outcome: Outcome) -> None:
    """Take what a message tells, before the library hands it to the bot."""
    message, venue = outcome.result, venue_of(call.target)
    for update in events.order_updates(message, venue):
        updates.take(update, new_orders=True)
    for datum in events.market_data(message, _path(call.target)):
        market.received(
            venue,
            datum.symbol,
            datum.stream,
            mid=datum.mid,
            sent_at=datum.sent_at,
            instrument_type=datum.instrument_type,
        )
    for position in events.positions(message):
        measures.position(position.symbol, position.quantity, venue=venue)
    if isinstance(message, dict) and isinstance(message.get("rateLimits"), list):
        _limits(venue, message["rateLimits"])


def _path(socket: Any) -> str:
    """Return the name of the stream that a socket carries, without the parameters behind it."""
    return text(getattr(socket, "_path", "")).partition("?")[0]


def _limits(venue: str, told: list[Any]) -> None:
    """Take the limits in an answer of the websocket API, which tells the whole beside the used part."""
    for limit in told:
        kind = _LIMITS.get(text(limit.get("rateLimitType")))
        most, used = number(limit.get("limit")), number(limit.get("count"))
        window = f"{limit.get('intervalNum')}{text(limit.get('interval'))[:1].lower()}"
        if kind and most and used is not None:
            limits.used(venue, f"{kind}_{window}", used / most)


def calling(original: Callable[..., Any], patches: Patches) -> Callable[..., Any]:
    """Return ``ThreadedApiManager.start_listener`` with the order of each message at work in the bot's callback."""

    @functools.wraps(original)
    async def start_listener(self: Any, socket: Any, path: str, callback: Callable[..., Any]) -> Any:
        # The callback first: what it was when the stream began is what is called until it ends.
        given = _called_at_work(callback, venue_of(socket), patches) if patches.active else callback
        return await original(self, socket, path, given)

    return start_listener


def _called_at_work(callback: Callable[..., Any], venue: str, patches: Patches) -> Callable[..., Any]:
    """Return ``callback`` run with the order that its message is about; a coroutine function stays one."""

    def here(message: Any) -> Context:
        with contained():
            if patches.active:
                found = {updates.find(update) for update in events.order_updates(message, venue)} - {None}
                return at_work(found.pop() if len(found) == 1 else None)
        return otel.get_current()

    if asyncio.iscoroutinefunction(callback):

        @functools.wraps(callback)
        async def coroutine(message: Any) -> Any:
            with use_context(here(message)):
                return await callback(message)

        return coroutine

    def plain(message: Any) -> Any:
        with use_context(here(message)):
            return callback(message)

    return plain
