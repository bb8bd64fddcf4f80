"""What the bot does about one order, from the signal to the fill: all of it belongs to the order's story."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from opentelemetry import trace
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE
from opentelemetry.trace import Status, StatusCode

from otel_trading.instrumentation.freqtrade import bot, fields
from otel_trading.instrumentation.toolkit.messages import at_work
from otel_trading.instrumentation.toolkit.values import text
from otel_trading.orders import blocks, measures
from otel_trading.orders.blocks import type_name
from otel_trading.orders.context import current_order, use_context
from otel_trading.orders.registry import registry

if TYPE_CHECKING:
    from otel_trading.instrumentation.toolkit.layers import Watching
    from otel_trading.instrumentation.toolkit.terms import Fields
    from otel_trading.instrumentation.toolkit.wrapping import Call, Outcome


def entry(_: Fields, call: Call) -> Watching:
    """Watch the bot enter a trade, add to it, or replace an entry order: the decision is the tag of the signal."""
    short = bool(call.get("is_short"))
    signal = text(call.get("enter_tag")) or ("enter_short" if short else "enter_long")
    return _decided(call, text(call.get("pair")), "sell" if short else "buy", signal)


def exiting(_: Fields, call: Call) -> Watching:
    """Watch the bot exit a trade: the decision is the reason (a signal, the stop-loss, the ROI table, by hand …)."""
    trade, check = call.get("trade"), call.get("exit_check")
    signal = text(call.get("exit_tag")) or text(getattr(check, "exit_reason", "")) or "exit"
    return _decided(call, text(getattr(trade, "pair", "")), text(getattr(trade, "exit_side", "")), signal)


def _decided(call: Call, pair: str, side: str, signal: str) -> Watching:
    with use_context(bot.of(call.target)):
        venue = fields.venue(getattr(call.target, "exchange", None))
        with blocks.order(venue=venue, symbol=pair, side=side):
            measures.decision(signal)
            outcome = yield
            _mark(outcome)


def _mark(outcome: Outcome) -> None:
    """Put an error of the call on the block's span."""
    if outcome.error is not None:
        span = trace.get_current_span()
        span.set_status(Status(StatusCode.ERROR, type_name(outcome.error)))
        span.set_attribute(ERROR_TYPE, type_name(outcome.error))


def about_order(_: Fields, call: Call) -> Watching | None:
    """Watch what the bot does about an order that it sent before: what it logs and asks belongs to that one."""
    venue = fields.venue(getattr(call.target, "exchange", None))
    order = registry.find(_order_id(call), venue=venue)
    return None if order is None or order is current_order() else _about(order)


def _about(order: Any) -> Watching:
    with use_context(at_work(order)):
        yield


def _order_id(call: Call) -> str:
    """Return the id among the arguments: ``order_id``, or that of a row of freqtrade's table of orders."""
    return text(call.get("order_id")) or text(getattr(call.get("order_obj"), "order_id", ""))
