"""What tests look at of the stories that were recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.recording import attributes

if TYPE_CHECKING:
    from tests.recording import Recorded

_PREFIX = "trading.order."


def names(recorded: Recorded, client_id: str = "") -> list[str]:
    """Return the names of the events about orders, or about one, as they came."""
    return [str(told["name"]) for told in told_of(recorded, client_id)]


def told_of(recorded: Recorded, client_id: str = "") -> list[dict[str, Any]]:
    """Return name and attributes of the events about orders, or about one, as they came."""
    found = [
        {"name": (event.event_name or "").removeprefix(_PREFIX), "trace_id": event.trace_id} | attributes(event)
        for event in recorded.events()
        if (event.event_name or "").startswith(_PREFIX)
    ]
    return [told for told in found if client_id in ("", told.get("trading.order.client_id"))]


def told(recorded: Recorded, name: str) -> dict[str, Any]:
    """Return the attributes of the one event about an order that has this name."""
    (found,) = [each for each in told_of(recorded) if each["name"] == name]
    return found
