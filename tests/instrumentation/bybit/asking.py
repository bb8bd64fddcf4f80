"""What the bots of these tests ask for, and how the tests read what was recorded."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.recording import Recorded

LIMIT = {"category": "linear", "symbol": "BTCUSDT", "side": "Buy", "orderType": "Limit", "qty": "1", "price": "59000"}
"""An order that rests at the venue."""

_SECONDS = 20.0


def until(holds: Callable[[], object]) -> None:
    """Wait until something is true; fail when it takes too long."""
    deadline = time.monotonic() + _SECONDS
    while not holds():
        assert time.monotonic() < deadline, "it never became true"
        time.sleep(0.005)


def names(recorded: Recorded) -> list[str]:
    """Return the names of the events about orders, without ``trading.order.``, as they came."""
    found = [event.event_name or "" for event in recorded.events()]
    return [name.removeprefix("trading.order.") for name in found if name.startswith("trading.order.")]


def told(recorded: Recorded, name: str) -> dict[str, Any]:
    """Return the attributes of the one event of a name."""
    return dict(recorded.event(name).attributes or {})
