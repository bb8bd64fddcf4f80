"""ib_async on the simulated gateway: the calls that wait, and those on the event loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.venues.ib.driver import IbDriver

if TYPE_CHECKING:
    from tests.conformance.driver import Driver

DRIVER: Driver = IbDriver("ib-async", "ib_async", "IbAsyncInstrumentor")
