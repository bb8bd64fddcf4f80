"""The support bundle: what a maintainer needs to help, and nothing about an order or a secret."""

from __future__ import annotations

import json
import platform
import re
import sys
import zipfile
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opentelemetry.semconv.attributes.exception_attributes import EXCEPTION_STACKTRACE, EXCEPTION_TYPE

from otel_trading import settings
from otel_trading.doctor.as_json import report_object
from otel_trading.doctor.installed import packages
from otel_trading.doctor.masking import Masker, is_secret
from otel_trading.instrumentation.versions import TRIED
from otel_trading.semconv import attributes
from otel_trading.telemetry.redact import MASK

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from otel_trading.doctor.finding import Finding
    from otel_trading.doctor.situation import Situation
    from otel_trading.telemetry.records import LogRecord

_WARN = 13  # OTLP's lowest severity number of WARN
_LOGGER = "otel_trading"
_MOST_LINES = 200
_LOOKED_AT = 50_000
_SHOWN = re.compile(
    r"OTEL_(?:TRADING_\w+|SERVICE_NAME|SDK_DISABLED|PROPAGATORS|CONFIG_FILE|LOG_LEVEL|METRICS_EXEMPLAR_FILTER"
    r"|(?:TRACES|LOGS|METRICS)_EXPORTER|TRACES_SAMPLER(?:_ARG)?|(?:BSP|BLRP)_\w+|METRIC_EXPORT_\w+"
    r"|EXPERIMENTAL_RESOURCE_DETECTORS|PYTHON_(?:DISTRO|CONFIGURATOR|DISABLED_INSTRUMENTATIONS|CONTEXT|LOG_\w+)"
    r"|EXPORTER_OTLP_(?:(?:TRACES|LOGS|METRICS)_)?"
    r"(?:ENDPOINT|PROTOCOL|TIMEOUT|COMPRESSION|INSECURE|CERTIFICATE|CLIENT_CERTIFICATE|CLIENT_KEY))"
)
_FRAME = re.compile(r'^ *File "(?P<file>[^"]*)", line (?P<line>\d+), in (?P<name>\S+)', re.MULTILINE)


def write_bundle(path: Path, situation: Situation, findings: Sequence[Finding]) -> None:
    """Write the bundle to ``path``. Raises OSError where that is not possible."""
    masker = Masker(situation.secrets)

    def text(value: Any) -> str:
        return json.dumps(_homeless(masker.any(value)), indent=1) + "\n"

    log = "".join(json.dumps(_homeless(masker.any(line))) + "\n" for line in _log(situation))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("findings.json", text(report_object(findings)))
        bundle.writestr("versions.json", text(_versions()))
        bundle.writestr("settings.json", text(shown_environment(situation.environ)))
        bundle.writestr("otel_trading.log.jsonl", log)


def shown_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the OTEL variables; the value of each that is known to hold no secret, else only that it is set."""
    own = {row.variable for row in settings.TABLE.values()}
    return {
        name: value if _is_harmless(name) and (name in own or not name.startswith("OTEL_TRADING_")) else MASK
        for name, value in sorted(environ.items())
        if name.startswith("OTEL_")
    }


def _is_harmless(variable: str) -> bool:
    return _SHOWN.fullmatch(variable) is not None and not is_secret(variable)


def _versions() -> dict[str, Any]:
    family = {
        name: each.version
        for name, each in sorted(packages().items())
        if name.startswith(("opentelemetry-", "otel-trading")) or name in TRIED
    }
    system = {"python": sys.version, "implementation": sys.implementation.name, "platform": platform.platform()}
    return {**system, "packages": family}


def _log(situation: Situation) -> Iterator[dict[str, Any]]:
    """Yield the newest warnings and errors of this distribution, the newest first."""
    logs = islice(situation.reader.logs(newest_first=True), _LOOKED_AT)
    ours = (each for each in logs if each.record.scope.partition(".")[0] == _LOGGER)
    severe = (each for each in ours if each.record.severity_number >= _WARN and not each.record.event_name)
    for each in islice(severe, _MOST_LINES):
        yield _line(each.record)


def _line(record: LogRecord) -> dict[str, Any]:
    """Return a log line without the order it was written for, and without an exception's words."""
    body = str(record.body)
    for name in (attributes.TRADING_ORDER_CLIENT_ID, attributes.TRADING_ORDER_ID):
        held = record.attributes.get(name)
        body = body.replace(str(held), MASK) if held else body
    stack = str(record.attributes.get(EXCEPTION_STACKTRACE) or "")
    return {
        "time_ns": record.time_ns,
        "severity": record.severity_text,
        "body": body,
        "exception": record.attributes.get(EXCEPTION_TYPE),
        # The source lines and the message may quote what the bot traded.
        "frames": [f"{match['file']}:{match['line']} {match['name']}" for match in _FRAME.finditer(stack)],
    }


def _homeless(value: Any) -> Any:
    """Return a JSON value without the name of the user that stands in paths."""
    if isinstance(value, str):
        return value.replace(str(Path.home()), "~")
    if isinstance(value, dict):
        return {key: _homeless(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_homeless(item) for item in value]
    return value
