"""What a configuration file says, in the terms that the checks ask in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from otel_trading.doctor.receiver.target import Target, default_endpoint
from otel_trading.setting_kinds import Secret
from otel_trading.telemetry.declared import exporter, kinds, otlp_arguments

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from opentelemetry.configuration import OpenTelemetryConfiguration

    from otel_trading.settings import Settings

SECTIONS = {"traces": "tracer_provider", "logs": "logger_provider", "metrics": "meter_provider"}
_PROTOCOLS = {"otlp_http": "http/protobuf", "otlp_grpc": "grpc"}


def exporter_names(model: OpenTelemetryConfiguration, signal: str) -> list[str]:
    """Return the names of the exporters that a signal goes to."""
    return [name for config in _exporters(model, signal) for name in kinds(config)]


def file_targets(model: OpenTelemetryConfiguration, environ: Mapping[str, str]) -> Iterator[Target]:
    """Yield each OTLP receiver that the file names, for each signal that is sent there."""
    for signal in SECTIONS:
        for config in _exporters(model, signal):
            for kind in set(kinds(config)) & set(_PROTOCOLS):
                try:
                    arguments = otlp_arguments(kind, getattr(config, kind))
                except (ValueError, OSError):
                    continue  # one of the unusable
                protocol = _PROTOCOLS[kind]
                endpoint = arguments.pop("endpoint") or default_endpoint(environ, signal, protocol)
                names = tuple(sorted(arguments["headers"] or {}))
                certificate = arguments.get("certificate_file") or ""
                yield Target(signal, protocol, endpoint, names, certificate, {**arguments, "timeout": None})


def unusable(model: OpenTelemetryConfiguration) -> Iterator[tuple[str, str]]:
    """Yield each exporter of the file that cannot be had: where it stands, and why."""
    for signal, section in SECTIONS.items():
        for number, config in enumerate(_exporters(model, signal)):
            try:
                exporter(signal, config)
            except (ValueError, OSError) as problem:  # noqa: PERF203 - each is told
                yield f"exporter {number} of {section}", str(problem)


def is_sampled(model: OpenTelemetryConfiguration) -> str:
    """Return how the file samples spans where it may leave some out; empty where it keeps all."""
    sampler = getattr(model.tracer_provider, "sampler", None)
    while sampler is not None and sampler.parent_based is not None:
        sampler = sampler.parent_based.root
    if sampler is None or sampler.always_on is not None:
        return ""
    return next((name for name, value in vars(sampler).items() if value), "always_off")


def secrets(model: OpenTelemetryConfiguration | None, settings: Settings) -> dict[str, str]:
    """Return the secrets that a file or the settings hold, by names that say so: they are nobody's business."""
    found = {f"{name}_secret": str(value) for name, value in settings._asdict().items() if isinstance(value, Secret)}
    if model is not None:
        for number, target in enumerate(file_targets(model, {})):
            headers = target.arguments["headers"] or {}
            found |= {f"{name}_header_{number}": value for name, value in headers.items()}
    return found


def _exporters(model: OpenTelemetryConfiguration, signal: str) -> Iterator[Any]:
    provider = getattr(model, SECTIONS[signal])
    if provider is None:
        return
    if signal == "metrics":
        yield from (reader.periodic.exporter for reader in provider.readers if reader.periodic is not None)
    else:
        yield from (each.exporter for config in provider.processors if (each := config.batch or config.simple))
