"""The requests that live adapters send: coroutines under the same names in every adapter, called by the base class.

An event tells how a request was answered. What none tells is that it raised before there was an answer: NautilusTrader
logs that, and leaves the order as it is.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from opentelemetry import context as otel

from otel_trading.instrumentation.nautilus import errors, fields, kernels
from otel_trading.instrumentation.nautilus.pending import AMEND, CANCEL, SUBMIT
from otel_trading.instrumentation.toolkit import answers, operations
from otel_trading.instrumentation.toolkit.hooks import Hook
from otel_trading.instrumentation.toolkit.spans import KIND_KEY, Work
from otel_trading.instrumentation.toolkit.terms import Fields
from otel_trading.instrumentation.toolkit.wrapping import watched
from otel_trading.orders.context import use_context

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from opentelemetry.context import Context

    from otel_trading.instrumentation.nautilus.stories import Stories
    from otel_trading.instrumentation.toolkit.hooks import Operation
    from otel_trading.instrumentation.toolkit.layers import Watching
    from otel_trading.instrumentation.toolkit.patching import Patches
    from otel_trading.instrumentation.toolkit.terms import Failure
    from otel_trading.instrumentation.toolkit.wrapping import Call
    from otel_trading.semconv.span_type import SpanType

LAYER = "nautilus-trader"


class NautilusFields(Fields):
    """How NautilusTrader's adapters name things."""

    layer = LAYER

    def venue(self, call: Call) -> str:
        """Return the adapter's venue in lower case; of one for many venues, its id."""
        client = call.target
        return fields.text(client.venue or client.id).lower()

    def symbol(self, call: Call) -> str:
        """Return the symbol that a query names."""
        instrument_id = getattr(_command(call), "instrument_id", None)
        return "" if instrument_id is None else fields.place(instrument_id).symbol

    def failure(self, error: BaseException) -> Failure:
        """Return what it means that a request raised."""
        return errors.raised(error)


def patch(client: Any, patches: Patches) -> None:
    """Put the hooks on the coroutines that the class of a live execution client defines."""
    for name, operation in _OPERATIONS.items():
        holder = next((kind for kind in type(client).__mro__ if name in vars(kind)), None)
        if holder is not None and inspect.iscoroutinefunction(vars(holder)[name]):
            _put(holder, name, operation, patches)


def _put(holder: type, name: str, operation: Operation, patches: Patches) -> None:
    patches.replace(holder, name, lambda original: watched(original, lambda call: operation(_FIELDS, call), patches))


def _submit(_: Fields, call: Call) -> Watching | None:
    stories, key = _stories(call), fields.text(_command(call).order.client_order_id)
    return None if stories is None else _one(stories, SUBMIT, key, stories.sending(key))


def _submit_list(_: Fields, call: Call) -> Watching | None:
    orders = _command(call).order_list.orders
    return _several(_stories(call), SUBMIT, [fields.text(each.client_order_id) for each in orders])


def _amend(_: Fields, call: Call) -> Watching | None:
    stories, command = _stories(call), _command(call)
    key = fields.text(command.client_order_id)
    if stories is None:
        return None
    figures = fields.number(command.quantity), fields.number(command.price)
    return _one(stories, AMEND, key, stories.amending(key, *figures))


def _cancel(_: Fields, call: Call) -> Watching | None:
    stories, key = _stories(call), fields.text(_command(call).client_order_id)
    return None if stories is None else _one(stories, CANCEL, key, stories.canceling(key))


def _cancel_several(_: Fields, call: Call) -> Watching | None:
    cancels = _command(call).cancels
    return _several(_stories(call), CANCEL, [fields.text(each.client_order_id) for each in cancels])


def _cancel_all(_: Fields, call: Call) -> Watching | None:
    stories = _stories(call)
    return None if stories is None else _several(stories, CANCEL, stories.orders.open_of(_command(call)))


def _query(of: Fields, call: Call) -> Watching | None:
    return operations.query(of, call._replace(name=call.name.lstrip("_")))


_FIELDS = NautilusFields()
_OPERATIONS: Mapping[str, Operation] = {
    "_submit_order": _submit,
    "_submit_order_list": _submit_list,
    "_modify_order": _amend,
    "_cancel_order": _cancel,
    "_batch_cancel_orders": _cancel_several,
    "_cancel_all_orders": _cancel_all,
    "_query_account": _query,
    "_query_order": _query,
}


def _command(call: Call) -> Any:
    return next(iter(call.arguments.values()), None)  # adapters call it differently


def _stories(call: Call) -> Stories | None:
    listener = kernels.of(call.target._msgbus)  # noqa: SLF001 - readable on every component
    return None if listener is None else listener.stories


def _one(stories: Stories, kind: SpanType, key: str, context: Context | None) -> Watching:
    """Watch a request about one order, which is at work meanwhile."""
    with use_context(_working(context)):
        outcome = yield
    if outcome.error is not None:
        stories.unanswered(kind, key, errors.raised(outcome.error), answers.error_name(outcome))


def _several(stories: Stories | None, kind: SpanType, keys: Sequence[str]) -> Watching:
    """Watch a request about several orders."""
    if stories is not None:
        for key in keys:
            _ = stories.sending(key) if kind is SUBMIT else stories.canceling(key)
    with use_context(_working(None)):
        outcome = yield
    if outcome.error is not None and stories is not None:
        for key in keys:
            stories.unanswered(kind, key, errors.raised(outcome.error), answers.error_name(outcome))


def _working(context: Context | None) -> Context:
    """Return the context of a request, in which another instrumented library knows that it works for this one."""
    return otel.set_value(KIND_KEY, Work("order", LAYER), context)


def hook(target: str, operation: Operation) -> Hook:
    """Return a hook of this library."""
    return Hook(target, operation, _FIELDS)
