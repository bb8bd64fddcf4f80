"""A venue on loopback that speaks Bybit's V5: REST, private and public streams, orders over a websocket.

Small on purpose: limit orders rest until a test executes them, market orders are done at once, and of margin and
positions there is only as much as a bot asks for.
"""

from tests.venues.bybit.server import BybitVenue
from tests.venues.bybit.session import KEY, SECRET

__all__ = ["KEY", "SECRET", "BybitVenue"]
