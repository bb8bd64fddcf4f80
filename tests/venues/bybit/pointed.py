"""pybit pointed at the venue: its HTTP sessions have an attribute for it, its websockets constants of their modules."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from unittest import mock

from tests.venues.bybit.session import KEY, SECRET

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.venues.bybit.server import BybitVenue

_SECONDS = 10.0

KEYS = {"api_key": KEY, "api_secret": SECRET}


@contextmanager
def pointed_at(venue: BybitVenue) -> Iterator[None]:
    """Have the websockets that pybit opens in the block go to ``venue``."""
    from pybit import _websocket_trading, unified_trading  # noqa: PLC0415 - docs are made without it

    public = f"{venue.ws_url}/v5/public/{{CHANNEL_TYPE}}"
    with (
        mock.patch.object(unified_trading, "PRIVATE_WSS", f"{venue.ws_url}/v5/private"),
        mock.patch.object(unified_trading, "PUBLIC_WSS", public),
        mock.patch.object(_websocket_trading, "TRADE_WSS", f"{venue.ws_url}/v5/trade"),
    ):
        yield


def session_at(venue: BybitVenue, **settings: Any) -> Any:
    """Return an HTTP session that goes to ``venue``; ``settings`` are those of ``pybit.unified_trading.HTTP``."""
    from pybit.unified_trading import HTTP  # noqa: PLC0415 - docs are made without it

    session = HTTP(**(KEYS | settings))
    session.endpoint = venue.url
    return session


def closed(websocket: Any) -> None:
    """Close a websocket of pybit, and wait for the end of its thread.

    A connection that pybit is just making again would outlive ``exit``: that one is waited for.
    """
    deadline = time.monotonic() + _SECONDS
    while not _is_settled(websocket) and time.monotonic() < deadline:
        time.sleep(0.005)
    websocket.exit()
    websocket.wst.join(_SECONDS)


def _is_settled(websocket: Any) -> bool:
    if websocket.exited:
        return not websocket.wst.is_alive()
    return bool(websocket.is_connected() and not websocket.attempting_connection)
