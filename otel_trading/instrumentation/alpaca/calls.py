"""What the calls of alpaca-py's clients ask for, and what they are answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from otel_trading.instrumentation.alpaca import errors, fields, observed
from otel_trading.instrumentation.alpaca.brought import complete, introduce
from otel_trading.instrumentation.alpaca.fields import VENUE, get
from otel_trading.instrumentation.toolkit.terms import Fields
from otel_trading.instrumentation.toolkit.values import number, text
from otel_trading.orders.registry import registry
from otel_trading.orders.updates import OrderUpdate
from otel_trading.semconv.attributes import TradingOrderStatusValues as Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from otel_trading.instrumentation.toolkit.terms import Failure, OrderReference, OrderRequest
    from otel_trading.instrumentation.toolkit.wrapping import Call

_FIRST_ERROR = 400


class AlpacaFields(Fields):
    """The fields of the REST clients; account ids, which the broker client's calls begin with, are left alone."""

    layer = "alpaca-py"

    def venue(self, call: Call) -> str:  # noqa: ARG002 - all of them go there
        """Return the one venue."""
        return VENUE

    def symbol(self, call: Call) -> str:
        """Return the symbol that a query is about, where it is one."""
        found = get(call.get("request_params"), "symbol_or_symbols") or call.get("symbol_or_asset_id")
        if isinstance(found, list):
            found = found[0] if len(found) == 1 else ""
        return "" if fields.is_id(found) else fields.symbol(found)

    def requests(self, call: Call) -> Sequence[OrderRequest]:
        """Return what the call asks for; closing all positions asks for orders that only the answer tells."""
        if call.name.startswith("close_all"):
            return ()
        if call.name.startswith("close_position"):
            return [fields.closing(call.get("symbol_or_asset_id"), call.get("close_options"))]
        order_id = text(call.get("order_id"))
        if order_id:
            known = registry.find_by(order_id, venue=VENUE)
            return [fields.replacement(call.get("order_data"), known.symbol if known is not None else "")]
        return [fields.request(call.get("order_data"))]

    def references(self, call: Call) -> Sequence[OrderReference]:
        """Return the order that the call names; cancelling all names none."""
        order_id = call.get("order_id")
        return () if order_id is None else [fields.reference(order_id)]

    def answers(self, call: Call, result: Any) -> Sequence[OrderUpdate]:
        """Return the order that the result tells of; make known what else it brings."""
        if call.name.startswith("close_all"):
            _bring(get(item, "body") for item in result)
            return ()
        if call.name.startswith("cancel_orders"):
            return list(_canceled(result))
        if result is None:  # a cancel is answered without a word
            return ()
        order, *legs = fields.with_legs(result)
        update = fields.order_update(order)
        if not call.get("order_id"):
            complete(update)
        _bring(legs)
        return [update]

    def failure(self, error: BaseException) -> Failure:
        """Return what an error means."""
        return errors.failure(error)

    def observe(self, call: Call, result: Any) -> None:
        """Take note of what a query was answered."""
        reader = observed.READERS.get(call.name)
        if reader is not None:
            reader(call, result)


def _bring(found: Any) -> None:
    for item in found:
        for order in fields.with_legs(item):
            introduce(fields.order_update(order))


def _canceled(result: Any) -> Iterator[OrderUpdate]:
    """Yield what Alpaca says of each order: that it took on to cancel it, or why not."""
    for item in result:
        update = OrderUpdate(VENUE, id=text(get(item, "id")), status=Status.PENDING_CANCEL)
        status = number(get(item, "status"))
        if status is None or status < _FIRST_ERROR:
            yield update
        else:
            reason = text(get(get(item, "body"), "message"))
            category = errors.category_of(int(status), reason)
            yield update._replace(status=Status.REJECTED, reason=reason, category=category)
