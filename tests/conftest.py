"""Every test begins with the library as it is when a process starts, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import hypothesis
import pytest

from otel_trading.testing.fresh import forget
from tests.apart import left_to_others
from tests.recording import Recorded

if TYPE_CHECKING:
    from collections.abc import Iterator

# The same examples in every run, on a machine however slow; more of them by HYPOTHESIS_PROFILE=search.
hypothesis.settings.register_profile("same", derandomize=True, deadline=None)
hypothesis.settings.register_profile("search", max_examples=5000, deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


# A run that a shell started in the background ignores Ctrl-C, and so would every bot that a test starts.
signal.signal(signal.SIGINT, signal.default_int_handler)


collect_ignore = left_to_others()


def _unset() -> None:
    """Take every setting out of the environment: the developer's, and what a test's distro has set."""
    for name in [name for name in os.environ if name.startswith("OTEL_")]:
        del os.environ[name]


_unset()  # before any fixture of a module


@pytest.fixture(autouse=True)
def library() -> Iterator[None]:
    """The library as at the start of a process, with no setting made."""
    forget()
    yield
    _unset()
    forget()


@pytest.fixture
def recorded(library: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorded]:  # noqa: ARG001 - comes first
    """A real SDK as the configurator makes it, keeping in memory what it exports."""
    found = Recorded()
    found.install(monkeypatch)
    yield found
    found.shutdown()
