"""An operation of the API: what REST and the websocket API both offer, under two names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

from otel_trading.demo.venue.errors import missing
from otel_trading.demo.venue.params import Params

if TYPE_CHECKING:
    from otel_trading.demo.venue.accounts import Account


class Security(Enum):
    """What an operation asks of a request: nothing, a known key, or a signature."""

    NONE = "none"
    KEY = "key"
    SIGNED = "signed"


@dataclass(frozen=True)
class Call:
    """One request, with its sender where the operation asks for one."""

    params: Params
    sender: Account | None = None

    @property
    def account(self) -> Account:
        """The sender; raise -1102 where the request has none."""
        if self.sender is None:
            raise missing("apiKey")
        return self.sender


Handler = Callable[[Call], Any]
"""Turns a request into the JSON value of its answer, or raises ``VenueError``."""

Weight = int | Callable[[Params], int]
"""What a request costs of the weight limit."""


class Operation(NamedTuple):
    """A handler, who may call it, and what it costs. ``orders`` is how many it counts as new orders."""

    handle: Handler
    weight: Weight = 1
    security: Security = Security.NONE
    orders: int = 0

    def cost(self, params: Params) -> int:
        """Return the weight of a request with these parameters."""
        return self.weight if isinstance(self.weight, int) else self.weight(params)
