"""What several of these tests need beside an SDK."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from opentelemetry.instrumentation.threading import ThreadingInstrumentor

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def threads_inherit() -> Iterator[None]:
    """Threads, timers and pools inherit the context, as in a bot begun with ``opentelemetry-instrument``."""
    ThreadingInstrumentor().instrument()
    yield
    ThreadingInstrumentor().uninstrument()
