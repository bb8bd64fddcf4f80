"""The instrumentor at work, a venue for each test, and pybit pointed at it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from otel_trading.instrumentation.bybit import BybitInstrumentor
from otel_trading.instrumentation.versions import installed
from tests.instrumentation.at_work import at_work
from tests.venues.bybit import BybitVenue
from tests.venues.bybit.pointed import KEYS, closed, pointed_at, session_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.recording import Recorded

collect_ignore_glob = [] if installed("pybit") else ["test_*.py"]


@pytest.fixture
def instrumented(recorded: Recorded) -> Iterator[BybitInstrumentor]:
    """The instrumentor at work; nothing that a bot does may be an error of ours."""
    with at_work(BybitInstrumentor(), recorded) as found:
        yield found


@pytest.fixture
def venue(instrumented: BybitInstrumentor) -> Iterator[BybitVenue]:  # noqa: ARG001 - ends after the venue
    """A venue, where pybit's websockets go."""
    with BybitVenue() as running, pointed_at(running):
        yield running


@pytest.fixture
def make_session(venue: BybitVenue) -> Iterator[Callable[..., Any]]:
    """Return a function that makes an HTTP session of pybit."""
    made: list[Any] = []

    def make(**settings: Any) -> Any:
        made.append(session_at(venue, **settings))
        return made[-1]

    yield make
    for session in made:
        session.client.close()


@pytest.fixture
def session(make_session: Callable[..., Any]) -> Any:
    """An HTTP session of pybit."""
    return make_session()


@pytest.fixture
def open_socket(venue: BybitVenue) -> Iterator[Callable[..., Any]]:
    """Return a function that opens a websocket: a channel's, or the one for orders where none is named."""
    from pybit.unified_trading import WebSocket, WebSocketTrading  # noqa: PLC0415 - as the bot imports it

    made: list[Any] = []

    def make(channel: str = "") -> Any:
        given = {"testnet": False, "ping_timeout": 0.2}
        keys = {} if channel in {"linear", "spot"} else KEYS
        socket = WebSocket(channel_type=channel, **given, **keys) if channel else WebSocketTrading(**given, **keys)
        made.append(socket)
        venue.clients.append(socket)
        return socket

    yield make
    for socket in made:
        closed(socket)
