"""The plugin that pytest finds by itself: two fixtures, and nothing imported for them until a test asks.

``-p no:otel_trading`` leaves it out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from otel_trading.demo.venue import VenueThread
    from otel_trading.testing.recorded import RecordedOrders

_RECORDED = "recorded_orders"


@pytest.fixture
def recorded_orders() -> Iterator[RecordedOrders]:
    """Record what the test does: the stories of its orders, their spans, events, logs and metrics."""
    from otel_trading.testing.record import recording  # noqa: PLC0415 - loads the SDK: for tests that ask only

    with recording() as orders:
        yield orders


@pytest.fixture
def simulated_venue() -> Iterator[VenueThread]:
    """Run a spot exchange on this machine that speaks Binance's protocol; its market moves when the test moves it."""
    from otel_trading.testing.venue import MissingDemoError, started_venue  # noqa: PLC0415 - for tests that ask only

    try:
        venue = started_venue()
    except MissingDemoError as error:
        pytest.fail(str(error), pytrace=False)
    with venue:
        yield venue


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, None, None]:
    """Put the level of the root logger back after all fixtures of a test that recorded.

    ``caplog`` notes the level it finds while a test records, and may put it back after the recording's own end.
    """
    try:
        return (yield)
    finally:
        if _RECORDED in getattr(item, "fixturenames", ()):
            from otel_trading.testing.record import restore_levels  # noqa: PLC0415 - loaded already

            restore_levels()
