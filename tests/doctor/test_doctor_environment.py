"""The variables a bot would be started with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.doctor.ward import ERROR, NOTE, OK, WARNING, check, run, situation

if TYPE_CHECKING:
    from pathlib import Path

    from otel_trading.doctor import Finding, Severity


@pytest.mark.parametrize("name", ["sdk", "settings", "variables", "exporters", "logging", "sampling"])
def test_an_environment_that_sets_nothing_is_fine(tmp_path: Path, name: str) -> None:
    assert {found.severity for found in check(name, situation(tmp_path)).values()} == {OK}


@pytest.mark.parametrize(
    ("name", "variable", "value", "expected"),
    [
        ("sdk", "OTEL_SDK_DISABLED", "True", ("sdk.disabled", ERROR)),
        ("sdk", "OTEL_CONFIG_FILE", "missing.yaml", ("sdk.config_file", ERROR)),
        ("settings", "OTEL_TRADING_QUEUE_SIZE", "many", ("settings.value", WARNING)),
        ("settings", "OTEL_EXPORTER_OTLP_PROTOCOL", "http/json", ("settings.value", WARNING)),
        ("settings", "OTEL_TRADING_QUEUE_SIZ", "1", ("settings.unknown", WARNING)),
        ("variables", "OTEL_EXPORTER_OTLP_ENDPONT", "http://x", ("variables.misspelt", WARNING)),
        ("variables", "OTEL_PYTHON_LOG_HANDLER_LEVL", "info", ("variables.misspelt", WARNING)),
        ("exporters", "OTEL_LOGS_EXPORTER", "none", ("exporters.none", WARNING)),
        ("settings", "OTEL_TRACES_EXPORTER", "zipkim", ("settings.value", WARNING)),
        ("logging", "OTEL_PYTHON_LOG_AUTO_INSTRUMENTATION", "false", ("logging.off", WARNING)),
        ("logging", "OTEL_PYTHON_LOG_HANDLER_LEVEL", "warning", ("logging.level", NOTE)),
        ("logging", "OTEL_PYTHON_LOG_HANDLER_LEVEL", "error", ("logging.level", WARNING)),
        ("logging", "OTEL_PYTHON_LOG_HANDLER_LEVEL", "loud", ("logging.value", WARNING)),
        ("sampling", "OTEL_TRACES_SAMPLER", "traceidratio", ("sampling.partial", WARNING)),
        ("sampling", "OTEL_TRACES_SAMPLER", "always_off", ("sampling.partial", ERROR)),
    ],
)
def test_a_variable_that_does_harm_is_found(
    tmp_path: Path, name: str, variable: str, value: str, expected: tuple[str, Severity]
) -> None:
    code, severity = expected
    found = check(name, situation(tmp_path, {variable: value}))
    assert {each: one.severity for each, one in found.items()} == {code: severity}
    assert variable in found[code].title
    assert found[code].remedy


def test_a_misspelt_variable_is_named_with_the_right_one(tmp_path: Path) -> None:
    here = situation(tmp_path, OTEL_EXPORTER_OTLP_TRACE_ENDPOINT="http://x")
    assert check("variables", here)["variables.misspelt"].remedy == "Is OTEL_EXPORTER_OTLP_TRACES_ENDPOINT meant?"


def test_a_misspelt_setting_of_ours_is_named_with_the_right_one(tmp_path: Path) -> None:
    here = situation(tmp_path, OTEL_TRADING_STOR="/x")
    assert check("settings", here)["settings.unknown"].remedy == "Is OTEL_TRADING_STORE meant?"


def test_a_variable_of_another_instrumentor_is_no_misspelt_one(tmp_path: Path) -> None:
    here = situation(tmp_path, OTEL_PYTHON_FLASK_EXCLUDED_URLS="x", OTEL_INSTRUMENTATION_GENAI_CAPTURE="true")
    assert set(check("variables", here)) == {"variables"}


def test_an_endpoint_that_no_signal_is_sent_to_is_a_warning(tmp_path: Path) -> None:
    here = situation(tmp_path, OTEL_EXPORTER_OTLP_ENDPOINT="http://localhost:4318", OTEL_TRADING_EXPORT="store")
    assert check("exporters", here)["exporters.unused"].severity is WARNING


def test_a_check_that_fails_leaves_the_others_their_say(tmp_path: Path) -> None:
    def broken(_: object) -> list[Finding]:
        raise KeyError("x")

    found = run("broken", broken, situation(tmp_path))
    assert [(each.code, each.severity) for each in found] == [("broken.failed", WARNING)]
