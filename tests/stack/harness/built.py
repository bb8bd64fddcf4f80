"""The servers that ``make servers`` has built."""

from __future__ import annotations

import os

import pytest

from servers import binary

# Where nothing may be skipped (in CI), a server that is missing is an error. Not OTEL_…: tests begin without those.
REQUIRED = "TESTS_NEED_SERVERS"


def built(name: str) -> str:
    """Return the program's path; the test that asks is skipped where it is not built."""
    path = binary(name)
    if path is not None:
        return str(path)
    reason = f"{name} is not built: make servers"
    if os.environ.get(REQUIRED):
        raise AssertionError(f"{reason} ({REQUIRED} is set)")
    pytest.skip(reason)
