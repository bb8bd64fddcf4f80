"""How the bots of both FIX libraries wait for what their venue says."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_SECONDS = 10.0


async def until(holds: Callable[[], object]) -> None:
    """Wait until something is true."""
    deadline = time.monotonic() + _SECONDS
    while not holds():
        assert time.monotonic() < deadline, "the venue did not answer"
        await asyncio.sleep(0.005)
