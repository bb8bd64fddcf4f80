"""Orders over a websocket (``WebSocketTrading``): its methods send and return, the reader's thread has the answer."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from otel_trading.instrumentation.bybit import words
from otel_trading.instrumentation.toolkit import batches, limits, operations
from otel_trading.instrumentation.toolkit.later import Waiting
from otel_trading.instrumentation.toolkit.messages import at_work
from otel_trading.instrumentation.toolkit.values import text
from otel_trading.instrumentation.toolkit.wrapping import Outcome
from otel_trading.orders.context import use_context

if TYPE_CHECKING:
    from collections.abc import Mapping

    from otel_trading.instrumentation.toolkit.hooks import Operation
    from otel_trading.instrumentation.toolkit.layers import Watching
    from otel_trading.instrumentation.toolkit.terms import Fields
    from otel_trading.instrumentation.toolkit.wrapping import Call

WAITING = Waiting()
"""The requests of every trading socket that wait for their answers."""

ORDERS: Mapping[str, Operation] = {
    "place_order": WAITING.sent_by(operations.submit),
    "amend_order": WAITING.sent_by(operations.amend),
    "cancel_order": WAITING.sent_by(operations.cancel),
    "place_batch_order": WAITING.sent_by(batches.submit_batch),
    "amend_batch_order": WAITING.sent_by(batches.amend_batch),
    "cancel_batch_order": WAITING.sent_by(batches.cancel_several),
}
"""The methods that send orders."""


def named(call: Call) -> None:
    """Take the id under which pybit keeps the bot's callback: it made it for the request that is being sent."""
    WAITING.named(text(call.get("topic")))


def answer(_: Fields, call: Call) -> Watching:
    """Watch the handling of one answer: it is in the order's story before the bot's callback runs, in its context."""
    message = call.get("message", {})
    limits.record(words.VENUE, "", message.get("header"))
    request_id = text(message.get("reqId"))
    pending = WAITING.answered(request_id, _outcome(message)) if request_id else None
    with use_context(at_work(pending.order if pending is not None else None)):
        yield


def _outcome(message: Mapping[str, Any]) -> Outcome:
    """Return how the request ended: refused in the same terms as over HTTP, where pybit raises."""
    code = message.get("retCode")
    if not code:
        return Outcome(message)
    # Never raised, and pybit is imported by now: this is a method of it.
    kind: Any = sys.modules["pybit.exceptions"].InvalidRequestError
    return Outcome(
        error=kind(
            request=text(message.get("op")),
            message=text(message.get("retMsg")),
            status_code=code,
            time="",
            resp_headers=message.get("header"),
        )
    )
