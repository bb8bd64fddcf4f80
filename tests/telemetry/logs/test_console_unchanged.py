"""Whatever a bot does with logging: its console is the same to the byte, and each record is exported once."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from types import ModuleType


def _beside(name: str) -> ModuleType:
    """Import a helper from this folder, which is no package."""
    spec = importlib.util.spec_from_file_location(f"logs_{name}", Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


_stage = _beside("stage")
_SETUPS = _beside("setups").SETUPS


@pytest.fixture(scope="module")
def plays() -> dict[str, Any]:
    bots = {}
    for name, setup in _SETUPS.items():
        bots[name] = (setup.source, "late" if setup.late else "with")
        bots[f"{name}, without us"] = (setup.source, "without")
    played: dict[str, Any] = _stage.play(bots, {"OTEL_PYTHON_LOG_HANDLER_LEVEL": ""})
    return played


@pytest.mark.parametrize("name", _SETUPS)
def test_the_console_of_a_bot_is_the_same_with_us_and_without(name: str, plays: dict[str, Any]) -> None:
    ours, theirs = plays[name], plays[f"{name}, without us"]
    assert theirs.exported == []
    assert (ours.stdout, ours.stderr) == (theirs.stdout, theirs.stderr)


@pytest.mark.parametrize("name", _SETUPS)
def test_each_record_of_a_bot_is_exported_once(name: str, plays: dict[str, Any]) -> None:
    assert plays[name].bodies == _SETUPS[name].exported


def test_the_stage_shows_what_a_bot_prints(plays: dict[str, Any]) -> None:
    assert plays["no configuration at all"].stderr == "told\n"
    assert "--- Logging error ---" in plays["arguments that do not fit"].stderr
    assert plays["stdlib intercepted by loguru"].stdout.startswith("1\nINFO __main__:<module>:")
