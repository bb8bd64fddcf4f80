"""What is fuzzed holds, for the inputs that Hypothesis makes up; ``make fuzz`` goes on from here."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzz import __main__ as command
from fuzz import masking
from fuzz.choices import Choices
from fuzz.targets import TARGETS

SECONDS = 5.0
"""For one input, on a machine with other work to do."""


@pytest.mark.parametrize("name", TARGETS)
@given(data=st.binary(max_size=256))
def test_whatever_the_input_the_promises_hold(name: str, data: bytes) -> None:
    target = TARGETS[name]
    target.setup()

    begun = time.perf_counter()
    target.run(data)

    assert time.perf_counter() - begun < SECONDS


def test_each_target_can_be_run_by_its_name() -> None:
    assert tuple(TARGETS) == command.NAMES


def test_a_target_that_breaks_a_promise_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("otel_trading.telemetry.redact.text", lambda text: text)
    with pytest.raises(AssertionError, match="4111"):
        masking._planted(Choices(bytes([masking._PLANTED.index("a Visa")])))


def test_bytes_that_are_used_up_choose_the_first() -> None:
    choices = Choices(b"\x05\xff\xfe")
    assert (choices.below(4), choices.below(1 << 16), choices.pick("abc"), choices.text(9)) == (1, 0xFFFE, "a", "")
