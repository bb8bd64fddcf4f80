"""The exporters that a configuration file asks for, made of the model that ``opentelemetry-configuration`` reads.

That package makes exporters only together with processors that have threads and queues of their own, and leaves
``tls`` out. Here they are made alone, of the stock classes: a lane takes the processor's place, and a forked child
makes its own again, with the same arguments.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

_HTTP = "opentelemetry.exporter.otlp.proto.http."
_GRPC = "opentelemetry.exporter.otlp.proto.grpc."
_FILE = "opentelemetry.exporter.otlp.json.file."
_CLASSES = {
    ("otlp_http", "traces"): (f"{_HTTP}trace_exporter", "OTLPSpanExporter"),
    ("otlp_http", "logs"): (f"{_HTTP}_log_exporter", "OTLPLogExporter"),
    ("otlp_http", "metrics"): (f"{_HTTP}metric_exporter", "OTLPMetricExporter"),
    ("otlp_grpc", "traces"): (f"{_GRPC}trace_exporter", "OTLPSpanExporter"),
    ("otlp_grpc", "logs"): (f"{_GRPC}_log_exporter", "OTLPLogExporter"),
    ("otlp_grpc", "metrics"): (f"{_GRPC}metric_exporter", "OTLPMetricExporter"),
    ("console", "traces"): ("opentelemetry.sdk.trace.export", "ConsoleSpanExporter"),
    ("console", "logs"): ("opentelemetry.sdk._logs.export", "ConsoleLogRecordExporter"),
    ("console", "metrics"): ("opentelemetry.sdk.metrics.export", "ConsoleMetricExporter"),
    ("otlp_file_development", "traces"): (f"{_FILE}trace_exporter", "FileSpanExporter"),
    ("otlp_file_development", "logs"): (f"{_FILE}_log_exporter", "FileLogExporter"),
    ("otlp_file_development", "metrics"): (f"{_FILE}metric_exporter", "FileMetricExporter"),
}
_PACKAGES = {
    "otlp_http": "opentelemetry-exporter-otlp-proto-http",
    "otlp_grpc": "opentelemetry-exporter-otlp-proto-grpc",
    "otlp_file_development": "opentelemetry-exporter-otlp-json-file",
}
_KINDS = ("otlp_http", "otlp_grpc", "console", "otlp_file_development")


@dataclass(frozen=True)
class Exporter:
    """An exporter that a file asks for: its ``kind`` as the file names it, what to call, and with what."""

    kind: str
    make: Callable[..., Any]
    arguments: dict[str, Any]

    def __call__(self, **preferences: Any) -> Any:
        """Make one, of metrics with the reader's ``preferences``."""
        return self.make(**self.arguments, **preferences)


def exporter(signal: str, config: Any) -> Exporter:
    """Return the exporter of ``signal`` ("traces", "logs" or "metrics") that an ``exporter:`` of the file describes.

    Raises ValueError, whose message is the remedy, where it cannot be had.
    """
    for kind in _KINDS:
        found = getattr(config, kind, None)
        if found is not None:
            arguments = _ARGUMENTS[kind](found)
            return Exporter(kind, _stock(kind, signal), arguments)
    for name, options in config.additional_properties.items():
        return Exporter(name, _installed(name, signal), dict(options or {}))
    raise ValueError(f"names no exporter: it takes one of {', '.join(map(_key, _KINDS))}, otel_trading")


def kinds(config: Any) -> list[str]:
    """Return the names of what an ``exporter:`` describes, without making it."""
    return [kind for kind in _KINDS if getattr(config, kind, None) is not None] or list(config.additional_properties)


def otlp_arguments(kind: str, config: Any) -> dict[str, Any]:
    """Return what an ``otlp_http:`` or ``otlp_grpc:`` of the file gives the stock exporter.

    Raises ValueError as :func:`exporter` does, OSError where a certificate cannot be read.
    """
    return _ARGUMENTS[kind](config)


def _key(kind: str) -> str:
    return kind.replace("_development", "/development")


def _stock(kind: str, signal: str) -> Callable[..., Any]:
    module, name = _CLASSES[kind, signal]
    try:
        made: Callable[..., Any] = getattr(importlib.import_module(module), name)
    except ImportError:
        raise ValueError(f"{_key(kind)} needs {_PACKAGES[kind]}, which is not installed: pip install it") from None
    return made


def _installed(name: str, signal: str) -> Callable[..., Any]:
    group = f"opentelemetry_{signal}_exporter"
    found = next(iter(entry_points(group=group, name=name)), None)
    if found is None:
        raise ValueError(f"no exporter {name!r} of {signal} is installed")
    made: Callable[..., Any] = found.load()
    return made


def _http(config: Any) -> dict[str, Any]:
    from opentelemetry.exporter.otlp.proto.http import Compression  # noqa: PLC0415 - only where it is used

    encoding = getattr(config, "encoding", None)
    if encoding is not None and encoding.value != "protobuf":
        raise ValueError(f"encoding: {encoding.value} is not what the exporter sends: it takes protobuf")
    tls = config.tls
    return _common(config, Compression) | {
        "certificate_file": tls.ca_file if tls else None,
        "client_key_file": tls.key_file if tls else None,
        "client_certificate_file": tls.cert_file if tls else None,
    }


def _grpc(config: Any) -> dict[str, Any]:
    import grpc  # type: ignore[import-untyped] # noqa: PLC0415 - slow to load; its stubs are a package of their own

    tls = config.tls
    arguments = _common(config, grpc.Compression)
    if tls is None:
        return arguments
    if tls.insecure:
        return arguments | {"insecure": True}
    credentials = grpc.ssl_channel_credentials(
        root_certificates=_content(tls.ca_file),
        private_key=_content(tls.key_file),
        certificate_chain=_content(tls.cert_file),
    )
    return arguments | {"insecure": False, "credentials": credentials}


def _content(file: str | None) -> bytes | None:
    return Path(file).read_bytes() if file else None


def _common(config: Any, compressions: Any) -> dict[str, Any]:
    return {
        "endpoint": config.endpoint,
        "headers": _headers(config),
        "timeout": None if config.timeout is None else config.timeout / 1000,
        "compression": _compression(config.compression, compressions),
    }


def _headers(config: Any) -> dict[str, str] | None:
    """Return the headers; those of ``headers`` win over those of ``headers_list``, which is written as the variable."""
    pairs = (pair.partition("=") for pair in (config.headers_list or "").split(",") if "=" in pair)
    found = {name.strip(): unquote(value.strip()) for name, _, value in pairs}
    found |= {pair.name: pair.value or "" for pair in config.headers or ()}
    return found or None


def _compression(word: str | None, compressions: Any) -> Any:
    if word is None:
        return None
    names = {"none": "NoCompression", "gzip": "Gzip", "deflate": "Deflate"}
    found = getattr(compressions, names.get(word.lower(), ""), None)
    if found is None:
        raise ValueError(f"compression: {word!r} is none that there is: it takes gzip or none")
    return found


def _file(config: Any) -> dict[str, Any]:
    stream = config.output_stream
    if stream in (None, "stdout"):
        return {}
    parts = urlsplit(stream)
    if parts.scheme != "file" or parts.netloc not in ("", "localhost") or not parts.path.strip("/"):
        raise ValueError(f"output_stream: {stream!r} takes stdout, or a file as in file:///var/log/spans.jsonl")
    return {"path": unquote(parts.path)}


_ARGUMENTS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "otlp_http": _http,
    "otlp_grpc": _grpc,
    "console": lambda _: {},
    "otlp_file_development": _file,
}
