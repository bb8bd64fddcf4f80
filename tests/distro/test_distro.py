"""What the distribution sets where the user left it unset."""

from __future__ import annotations

import os
from importlib.metadata import entry_points
from types import SimpleNamespace
from typing import Any

import pytest

from otel_trading.distro import DEFAULTS, TradingDistro, set_defaults

EXPORTERS = ("OTEL_TRACES_EXPORTER", "OTEL_LOGS_EXPORTER", "OTEL_METRICS_EXPORTER")


def exporters(**given: str) -> set[str]:
    environ = dict(given)
    set_defaults(environ)
    return {environ[name] for name in EXPORTERS}


def test_without_an_endpoint_telemetry_goes_to_the_store() -> None:
    assert exporters() == {"otel_trading"}


@pytest.mark.parametrize("scope", ["", "TRACES_", "LOGS_", "METRICS_"])
def test_with_an_endpoint_telemetry_goes_there(scope: str) -> None:
    assert exporters(**{f"OTEL_EXPORTER_OTLP_{scope}ENDPOINT": "http://localhost:4318"}) == {"otlp"}


def test_an_empty_endpoint_is_none() -> None:
    assert exporters(OTEL_EXPORTER_OTLP_ENDPOINT=" ") == {"otel_trading"}


@pytest.mark.parametrize(
    ("target", "expected"), [("store", "otel_trading"), ("otlp", "otlp"), ("both", "otel_trading,otlp")]
)
def test_the_setting_says_where_telemetry_goes(target: str, expected: str) -> None:
    assert exporters(OTEL_TRADING_EXPORT=target, OTEL_EXPORTER_OTLP_ENDPOINT="http://localhost:4318") == {expected}


def test_an_exporter_that_the_user_named_stands() -> None:
    environ = {"OTEL_LOGS_EXPORTER": "none"}

    set_defaults(environ)

    assert environ["OTEL_LOGS_EXPORTER"] == "none"
    assert environ["OTEL_TRACES_EXPORTER"] == "otel_trading"


def test_an_empty_exporter_is_unset() -> None:
    assert exporters(OTEL_TRACES_EXPORTER="", OTEL_LOGS_EXPORTER=" ") == {"otel_trading"}


@pytest.mark.parametrize("name", DEFAULTS)
def test_each_default_is_set_and_gives_way_to_the_user(name: str) -> None:
    unset: dict[str, str] = {}
    chosen = {name: "mine"}

    set_defaults(unset)
    set_defaults(chosen)

    assert unset[name] == DEFAULTS[name]
    assert chosen[name] == "mine"


def test_setting_defaults_twice_changes_nothing_more() -> None:
    environ = {"OTEL_TRADING_EXPORT": "both"}
    set_defaults(environ)
    once = dict(environ)

    set_defaults(environ)

    assert environ == once


def test_command_arguments_stay_out_of_the_resource() -> None:
    assert "process_command" not in DEFAULTS["OTEL_EXPERIMENTAL_RESOURCE_DETECTORS"]


def test_wrong_standard_values_are_taken_out_before_defaults_are_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "carrier pigeon")
    distro = TradingDistro()

    distro.configure()

    try:
        assert os.environ["OTEL_EXPORTER_OTLP_PROTOCOL"] == "http/protobuf"
        assert [problem.variable for problem in distro.problems] == ["OTEL_EXPORTER_OTLP_PROTOCOL"]
    finally:
        distro.problems.clear()


class Loaded:
    """Stands for an instrumentor: keeps what it is given."""

    given: dict[str, Any] = {}  # noqa: RUF012 - one test, one loading

    def instrument(self, **given: Any) -> None:
        type(self).given = given


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("logging", {"enable_log_auto_instrumentation": False, "skip_dep_check": True}),
        ("requests", {"skip_dep_check": True}),
    ],
)
def test_only_the_logging_instrumentor_is_loaded_without_its_handler(name: str, expected: dict[str, Any]) -> None:
    entry: Any = SimpleNamespace(name=name, value=f"library.{name}:Instrumentor", load=lambda: Loaded)

    TradingDistro().load_instrumentor(entry, skip_dep_check=True)

    assert Loaded.given == expected


def test_the_instrumentor_of_a_library_that_is_not_installed_is_not_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    (ccxt,) = entry_points(group="opentelemetry_instrumentor", name="ccxt")
    missing: Any = SimpleNamespace(name="library_that_is_not_there", value=ccxt.value, load=lambda: Loaded)
    monkeypatch.setattr(Loaded, "given", None)

    TradingDistro().load_instrumentor(missing, skip_dep_check=True)

    assert Loaded.given is None


class Failing:
    """Stands for an instrumentor that does not get on with its library."""

    def instrument(self, **_: Any) -> None:
        raise AttributeError("the library has changed")


def test_an_instrumentor_that_fails_is_told_and_keeps_none_of_the_others_away(
    caplog: pytest.LogCaptureFixture,
) -> None:
    entry: Any = SimpleNamespace(name="library", value="library:Instrumentor", load=lambda: Failing)

    TradingDistro().load_instrumentor(entry)

    assert [record.getMessage() for record in caplog.records] == [
        "Instrumenting of library failed, its calls are not seen"
    ]


@pytest.mark.parametrize(
    ("group", "name"),
    [
        ("opentelemetry_distro", "otel_trading"),
        ("opentelemetry_configurator", "otel_trading"),
        ("opentelemetry_resource_detector", "otel_trading"),
        ("opentelemetry_traces_exporter", "otel_trading"),
        ("opentelemetry_logs_exporter", "otel_trading"),
        ("opentelemetry_metrics_exporter", "otel_trading"),
        ("opentelemetry_instrumentor", "ccxt"),
    ],
)
def test_each_entry_point_can_be_loaded(group: str, name: str) -> None:
    (entry,) = entry_points(group=group, name=name)

    assert entry.load().__module__.startswith("otel_trading")
