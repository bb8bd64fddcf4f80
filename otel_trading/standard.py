"""Standard ``OTEL_*`` variables whose wrong values would cost a bot all its telemetry.

The SDK stops its own setup at some of them, some already when it is imported, and warns of others without naming
the variable. A wrong value never stops a bot: it is taken out of the environment, the default holds, and a
problem says what the variable takes.
"""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from otel_trading.settings import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, MutableMapping

_SIGNALS = ("TRACES", "LOGS", "METRICS")


def _one_of(*allowed: str) -> Callable[[str], str | None]:
    def check(value: str) -> str | None:
        return None if value.lower() in allowed else f"takes one of {', '.join(allowed)}"

    return check


def _number(kind: type[int | float], words: str, least: float) -> Callable[[str], str | None]:
    def check(value: str) -> str | None:
        try:
            return None if kind(value) >= least else words
        except ValueError:
            return words

    return check


def _exporters(group: str) -> Callable[[str], str | None]:
    def check(value: str) -> str | None:
        if value.lower() == "none":
            return None
        missing = [name for name in map(str.strip, value.split(",")) if not _is_installed(group, name)]
        return f"no exporter of that name is installed: {', '.join(missing)}" if missing else None

    return check


def _is_installed(group: str, name: str) -> bool:
    return name == "otlp" or bool(entry_points(group=group, name=name))


def _id_generator(value: str) -> str | None:
    group = "opentelemetry_id_generator"
    return None if _is_installed(group, value) else "no id generator of that name is installed"


def _limit(value: str) -> str | None:
    return None if value.lower() == "unset" else _number(int, "takes a whole number of at least 0, or unset", 0)(value)


_SECONDS = _number(float, "takes a number of seconds", 0)
_MILLISECONDS = _number(float, "takes a number of milliseconds of at least 1", 1)
_COMPRESSION = _one_of("none", "gzip", "deflate")
_PROTOCOL = _one_of("http/protobuf", "grpc")


def _table() -> Iterator[tuple[str, Callable[[str], str | None]]]:
    for signal in _SIGNALS:
        yield f"OTEL_{signal}_EXPORTER", _exporters(f"opentelemetry_{signal.lower()}_exporter")
    for scope in ("", *(f"{signal}_" for signal in _SIGNALS)):
        yield f"OTEL_EXPORTER_OTLP_{scope}PROTOCOL", _PROTOCOL
        yield f"OTEL_EXPORTER_OTLP_{scope}TIMEOUT", _SECONDS
        yield f"OTEL_EXPORTER_OTLP_{scope}COMPRESSION", _COMPRESSION
    yield "OTEL_METRIC_EXPORT_INTERVAL", _MILLISECONDS
    yield "OTEL_METRIC_EXPORT_TIMEOUT", _MILLISECONDS
    yield "OTEL_PYTHON_ID_GENERATOR", _id_generator
    for limit in (
        "ATTRIBUTE_COUNT",
        "ATTRIBUTE_VALUE_LENGTH",
        "SPAN_ATTRIBUTE_COUNT",
        "SPAN_ATTRIBUTE_VALUE_LENGTH",
        "SPAN_EVENT_COUNT",
        "SPAN_LINK_COUNT",
        "EVENT_ATTRIBUTE_COUNT",
        "LINK_ATTRIBUTE_COUNT",
        "LOGRECORD_ATTRIBUTE_COUNT",
        "LOGRECORD_ATTRIBUTE_VALUE_LENGTH",
    ):
        yield f"OTEL_{limit}_LIMIT", _limit


def repair(environ: MutableMapping[str, str]) -> list[Problem]:
    """Take unusable values out of ``environ``, and say which they were; an empty one is as good as none."""
    problems = []
    for variable, check in _table():
        value = environ.get(variable)
        if value is None:
            continue
        words = check(value.strip()) if value.strip() else ""
        if words is not None:
            del environ[variable]
        if words:
            problems.append(Problem(variable, f"{value!r} is ignored, the default holds: {words}"))
    return problems
