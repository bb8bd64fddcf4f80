"""The HTTP requests below one call: alpaca-py sends again after a 429 or a 504, and shows nobody the headers."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import TYPE_CHECKING, Any

from otel_trading.instrumentation.alpaca import errors
from otel_trading.instrumentation.alpaca.fields import VENUE
from otel_trading.instrumentation.toolkit import limits
from otel_trading.orders.contain import contained

if TYPE_CHECKING:
    from otel_trading.instrumentation.toolkit.layers import Watching
    from otel_trading.instrumentation.toolkit.terms import Fields
    from otel_trading.instrumentation.toolkit.wrapping import Call

_SERVER_ERROR = 500


class Attempts:
    """What the attempts of one call came to; ``requests`` calls it with the answer to each."""

    def __init__(self, limit: str) -> None:
        self.limit = limit
        self.unanswered = False  # whether one before the last ended without an answer of the venue itself

    def __call__(self, response: Any, *_: Any, **__: Any) -> None:
        """Take note of an answer, and leave it as it is."""
        with contained():
            for use in limits.uses(response.headers):
                if use.limit:
                    limits.used(VENUE, self.limit, use.used / use.limit)
            self.unanswered = self.unanswered or response.status_code >= _SERVER_ERROR


def watch(_: Fields, call: Call) -> Watching:
    """Watch one attempt.

    Its answer is seen by a hook of ``requests`` that is given to this request alone, beside those that the bot put
    on the session: they would be left out otherwise.
    """
    seen = _hooked(call)
    before = seen is not None and seen.unanswered
    outcome = yield
    if before and outcome.error is not None:
        errors.doubt(outcome.error)


def _hooked(call: Call) -> Attempts | None:
    options, session = call.get("opts"), getattr(call.target, "_session", None)
    shared = getattr(session, "hooks", None)
    if not isinstance(options, MutableMapping) or not isinstance(shared, Mapping):
        return None
    given = options.get("hooks") or {}
    hooks = given.get("response") or shared.get("response") or []
    hooks = [hooks] if callable(hooks) else list(hooks)
    for hook in hooks:
        if isinstance(hook, Attempts):
            return hook
    found = Attempts(_limit(call.target))
    options["hooks"] = {**shared, **given, "response": [*hooks, found]}
    return found


def _limit(client: Any) -> str:
    """Return the name of the limit that a client's requests count for: trading and market data have their own."""
    return "data_requests" if ".data." in type(client).__module__ else "requests"
