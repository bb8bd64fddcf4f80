"""The resource says which bot it is and that this distribution watches it."""

from __future__ import annotations

import sys

import pytest
from opentelemetry.sdk.resources import Resource

from otel_trading.detector import TradingResourceDetector, bot_name
from otel_trading.distro import DEFAULTS
from otel_trading.version import __version__


def detected() -> dict[str, object]:
    return dict(TradingResourceDetector().detect().attributes)


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("python bot.py", "bot"),
        ("python /srv/desk/grid_btc.py --key x", "grid_btc"),
        ("python -u -O grid.py", "grid"),
        ("python -m desk.grid --fast", "desk.grid"),
        ("python -mdesk.grid", "desk.grid"),
        ("python -um desk.grid", "desk.grid"),
        ("python -W error grid.py", "grid"),
        ("python -Werror grid.py", "grid"),
        ("python -X dev -W error -m desk.grid", "desk.grid"),
        ("python -Xdev grid.py", "grid"),
        ("python -OOuW error grid.py", "grid"),
        ("python --verbose grid.py", "grid"),
        ("python -c print(1) grid.py", "bot"),
        ("python -uc print(1)", "bot"),
        ("python - grid.py", "bot"),
        ("python", "bot"),
        ("python -m", "bot"),
        ("python -m  x", "bot"),
        ("python desk/", "desk"),
        ("python /venv/bin/freqtrade trade", "freqtrade"),
    ],
)
def test_a_bot_is_named_after_its_script_or_module(command: str, name: str) -> None:
    assert bot_name(command.split(" ")) == name


def test_the_distribution_is_named_with_its_version() -> None:
    found = detected()

    assert found["telemetry.distro.name"] == "otel-trading"
    assert found["telemetry.distro.version"] == __version__


def test_the_service_is_named_after_the_script(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "orig_argv", ["python", "/srv/grid_btc.py", "--secret", "x"])

    assert detected()["service.name"] == "grid_btc"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("OTEL_SERVICE_NAME", "mine"),
        ("OTEL_RESOURCE_ATTRIBUTES", "service.name=mine"),
        ("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=prod, service.name = mine"),
    ],
)
def test_a_name_that_the_user_gave_stands(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    monkeypatch.setenv(variable, value)
    monkeypatch.setenv("OTEL_EXPERIMENTAL_RESOURCE_DETECTORS", "otel,otel_trading")

    assert "service.name" not in detected()
    assert Resource.create().attributes["service.name"] == "mine"


def test_other_resource_attributes_leave_the_name_to_the_script(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "service.namespace=desk,my.service.name=x")
    monkeypatch.setattr(sys, "orig_argv", ["python", "grid.py"])

    assert detected()["service.name"] == "grid"


def test_what_the_user_says_of_the_resource_wins_over_what_is_detected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "host.name=desk-7,deployment.environment.name=prod")
    monkeypatch.setenv("OTEL_EXPERIMENTAL_RESOURCE_DETECTORS", DEFAULTS["OTEL_EXPERIMENTAL_RESOURCE_DETECTORS"])

    found = Resource.create().attributes

    assert (found["host.name"], found["deployment.environment.name"]) == ("desk-7", "prod")
    assert "process.pid" in found


def test_secrets_in_resource_attributes_are_masked_for_every_signal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "api_key=very%2Dprivate,desk=7")
    monkeypatch.setenv("OTEL_EXPERIMENTAL_RESOURCE_DETECTORS", DEFAULTS["OTEL_EXPERIMENTAL_RESOURCE_DETECTORS"])

    found = Resource.create().attributes

    assert (found["api_key"], found["desk"]) == ("***", "7")
