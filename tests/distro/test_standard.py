"""A standard variable with a wrong value is taken out, and told with its name and what it takes."""

from __future__ import annotations

import pytest

from otel_trading.standard import repair


@pytest.mark.parametrize(
    ("variable", "value", "remedy"),
    [
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "carrier pigeon", "http/protobuf"),
        ("OTEL_EXPORTER_OTLP_LOGS_PROTOCOL", "http", "http/protobuf"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "soon", "a number of seconds"),
        ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "-1", "a number of seconds"),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", "zip", "gzip"),
        ("OTEL_TRACES_EXPORTER", "jaeger", "no exporter of that name is installed: jaeger"),
        ("OTEL_LOGS_EXPORTER", "otlp,nowhere", "no exporter of that name is installed: nowhere"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "0", "milliseconds"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "often", "milliseconds"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "nan", "milliseconds"),
        ("OTEL_PYTHON_ID_GENERATOR", "dice", "no id generator"),
        ("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "many", "a whole number"),
        ("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "-3", "a whole number"),
    ],
)
def test_a_wrong_value_is_taken_out_and_told(variable: str, value: str, remedy: str) -> None:
    environ = {variable: value, "PATH": "/bin"}

    (problem,) = repair(environ)

    assert environ == {"PATH": "/bin"}
    assert problem.variable == variable
    assert str(problem).startswith(f"{variable}: {value!r} is ignored")
    assert remedy in str(problem)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", " http/protobuf "),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "2.5"),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"),
        ("OTEL_TRACES_EXPORTER", "none"),
        ("OTEL_TRACES_EXPORTER", "otlp, otel_trading"),
        ("OTEL_METRICS_EXPORTER", "console"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "1000"),
        ("OTEL_PYTHON_ID_GENERATOR", "random"),
        ("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "0"),
        ("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "unset"),
        ("OTEL_SERVICE_NAME", "anything"),
    ],
)
def test_a_right_value_stands(variable: str, value: str) -> None:
    environ = {variable: value}

    assert repair(environ) == []
    assert environ == {variable: value}


def test_an_empty_value_is_taken_out_without_a_word() -> None:
    environ = {"OTEL_TRACES_EXPORTER": "", "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT": " "}

    assert repair(environ) == []
    assert environ == {}


def test_every_wrong_value_is_told_at_once() -> None:
    environ = {"OTEL_TRACES_EXPORTER": "jaeger", "OTEL_EXPORTER_OTLP_TIMEOUT": "soon"}

    assert [problem.variable for problem in repair(environ)] == ["OTEL_TRACES_EXPORTER", "OTEL_EXPORTER_OTLP_TIMEOUT"]
