"""The command: exit codes, JSON, what is shown and in which order."""

from __future__ import annotations

import json
import sys
import sysconfig
import time
from typing import TYPE_CHECKING

import pytest

from otel_trading.semconv import events
from otel_trading.telemetry.store.encode import LineEncoder
from otel_trading.telemetry.store.limits import StoreLimits
from otel_trading.telemetry.store.writer import SignalWriter
from tests.cli.shell import run
from tests.telemetry.store.samples import log

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store in which a bot has just recorded an order."""
    writer = SignalWriter(tmp_path / "store", "bot", "logs", StoreLimits(max_bytes=0, max_days=0))
    record = log(time_ns=time.time_ns())._replace(event_name=events.TRADING_ORDER_SUBMITTED)
    writer.write(LineEncoder({"service.name": "bot"}).logs([record]))
    writer.close()
    return tmp_path / "store"


def doctor(store: Path, *arguments: str, **environ: str) -> Result:
    path = {"PATH": sysconfig.get_path("scripts")}
    return run("doctor", *arguments[:1], "--store", store, *arguments[1:], env={**path, **environ})


def test_a_healthy_machine_is_called_so(store: Path) -> None:
    done = doctor(store, "--offline", "--width", "300")
    assert (done.exit_code, done.output.splitlines()[-1]) == (0, "Healthy.")
    assert {line.split()[0] for line in done.output.splitlines()[:-2]} == {"ok"}


@pytest.mark.parametrize(
    ("variable", "value", "code"),
    [
        ("OTEL_PYTHON_LOG_HANDLER_LEVEL", "warning", 0),
        ("OTEL_TRADING_STOR", "/x", 1),
        ("OTEL_SDK_DISABLED", "true", 2),
    ],
)
def test_the_exit_code_is_that_of_the_worst_finding(store: Path, variable: str, value: str, code: int) -> None:
    assert doctor(store, "--offline", **{variable: value}).exit_code == code


def test_strict_takes_notes_for_warnings(store: Path) -> None:
    assert doctor(store, "--strict", OTEL_PYTHON_LOG_HANDLER_LEVEL="warning").exit_code == 1


def test_strict_is_content_with_a_healthy_machine(store: Path) -> None:
    assert doctor(store, "--strict").exit_code == 0


def test_the_worst_comes_first(store: Path) -> None:
    done = doctor(store, "--json", OTEL_TRADING_STOR="/x", OTEL_SDK_DISABLED="true")
    severities = [each["severity"] for each in json.loads(done.stdout)["findings"]]
    assert severities[:3] == ["error", "warning", "ok"]


def test_json_has_stable_names(store: Path) -> None:
    found = json.loads(doctor(store, "--json", OTEL_SDK_DISABLED="true").stdout)
    assert (found["healthy"], found["worst"]) == (False, "error")
    assert found["findings"][0] == {
        "code": "sdk.disabled",
        "severity": "error",
        "title": "OTEL_SDK_DISABLED=true: nothing is recorded",
        "evidence": [],
        "remedy": "Unset OTEL_SDK_DISABLED.",
    }


def test_what_is_wrong_is_shown_with_its_code_and_remedy(store: Path) -> None:
    lines = doctor(store, "--offline", OTEL_TRADING_STOR="/x").output.splitlines()
    assert lines[0].split() == ["warning", "OTEL_TRADING_STOR", "is", "no", "setting", "settings.unknown"]
    assert lines[1].strip() == "→ Is OTEL_TRADING_STORE meant?"
    assert lines[-1] == "1 warning. What a code means: docs/doctor.md."


def test_all_shows_the_evidence_of_what_is_well(store: Path) -> None:
    launcher = f"{sysconfig.get_path('scripts')}/opentelemetry-instrument"
    assert launcher not in doctor(store, "--offline").output
    assert launcher in doctor(store, "--all", "--width", "200").output


@pytest.mark.parametrize("option", ["--as-is", "--run=3"])
def test_an_option_for_a_bot_without_a_command_is_wrong_usage(store: Path, option: str) -> None:
    assert doctor(store, option).exit_code == 2


def test_a_command_that_is_not_there_is_wrong_usage(store: Path) -> None:
    done = doctor(store, "--offline", "--as-is", "--", "no-such-program")
    assert (done.exit_code, "cannot be started" in done.output) == (2, True)


def test_a_bot_is_run_with_its_output_on_stderr_and_the_findings_on_stdout(tmp_path: Path) -> None:
    (tmp_path / "bot.py").write_text("print('bot says hello')\n")
    done = doctor(tmp_path / "store", "--json", "--offline", "--run", "5", "--", sys.executable, f"{tmp_path}/bot.py")
    codes = {each["code"] for each in json.loads(done.stdout)["findings"]}
    assert {"bot", "bot.started", "bot.no_library", "records.none"} <= codes
    assert done.stderr == "bot says hello\n"
