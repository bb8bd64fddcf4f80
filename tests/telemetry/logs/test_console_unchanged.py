"""Whatever a bot does with logging: its console is the same to the byte, and each record is exported once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.telemetry.logs.setups import SETUPS
from tests.telemetry.logs.stage import play

if TYPE_CHECKING:
    from tests.telemetry.logs.stage import Play


@pytest.fixture(scope="module")
def plays() -> dict[str, Play]:
    bots = {}
    for name, setup in SETUPS.items():
        bots[name] = (setup.source, "late" if setup.late else "with")
        bots[f"{name}, without us"] = (setup.source, "without")
    return play(bots, {"OTEL_PYTHON_LOG_HANDLER_LEVEL": ""})


@pytest.mark.parametrize("name", SETUPS)
def test_the_console_of_a_bot_is_the_same_with_us_and_without(name: str, plays: dict[str, Play]) -> None:
    ours, theirs = plays[name], plays[f"{name}, without us"]
    assert theirs.exported == []
    assert (ours.stdout, ours.stderr) == (theirs.stdout, theirs.stderr)


@pytest.mark.parametrize("name", SETUPS)
def test_each_record_of_a_bot_is_exported_once(name: str, plays: dict[str, Play]) -> None:
    assert plays[name].bodies == SETUPS[name].exported


def test_the_stage_shows_what_a_bot_prints(plays: dict[str, Play]) -> None:
    assert plays["no configuration at all"].stderr == "told\n"
    assert "--- Logging error ---" in plays["arguments that do not fit"].stderr
    assert plays["stdlib intercepted by loguru"].stdout.startswith("1\nINFO __main__:<module>:")
