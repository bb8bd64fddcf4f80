"""Where each signal goes that goes to an OTLP receiver, resolved as the stock exporters do."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from opentelemetry.util.re import parse_env_headers

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAMES = ("otlp", "otlp_proto_http", "otlp_proto_grpc")
_LOOPBACK = ("localhost", "127.", "[::1]", "::1")


class Target(NamedTuple):
    """Where one signal goes. Of the headers only the names: a value is nobody's business here.

    ``arguments`` are what a configuration file gives the exporter; from variables it reads them itself.
    """

    signal: str
    protocol: str
    endpoint: str
    headers: tuple[str, ...]
    certificate: str
    arguments: Mapping[str, Any] = MappingProxyType({})

    @property
    def place(self) -> str:
        """Host and port of the receiver."""
        parts = urlsplit(self.endpoint if "://" in self.endpoint else f"//{self.endpoint}")
        return parts.netloc.rpartition("@")[2]

    @property
    def host(self) -> str:
        """The receiver's host."""
        parts = urlsplit(self.endpoint if "://" in self.endpoint else f"//{self.endpoint}")
        return parts.hostname or ""

    @property
    def is_plain(self) -> bool:
        """Whether headers travel in the clear, to another machine."""
        return self.endpoint.startswith("http://") and not self.host.startswith(_LOOPBACK)


def targets(environ: Mapping[str, str]) -> list[Target]:
    """Return the target of each signal that has an OTLP exporter."""
    return [_target(environ, signal) for signal in ("traces", "logs", "metrics") if _exporter(environ, signal)]


def setting(environ: Mapping[str, str], signal: str, name: str) -> str:
    """Return the value of a variable of OTLP: the signal's own, else the one for all; empty where unset."""
    own = environ.get(f"OTEL_EXPORTER_OTLP_{signal.upper()}_{name}", "").strip()
    return own or environ.get(f"OTEL_EXPORTER_OTLP_{name}", "").strip()


def _exporter(environ: Mapping[str, str], signal: str) -> str:
    names = environ.get(f"OTEL_{signal.upper()}_EXPORTER", "").split(",")
    return next((name.strip() for name in names if name.strip() in _NAMES), "")


def _target(environ: Mapping[str, str], signal: str) -> Target:
    named = {"otlp_proto_grpc": "grpc", "otlp_proto_http": "http/protobuf"}.get(_exporter(environ, signal))
    protocol = named or setting(environ, signal, "PROTOCOL") or "grpc"
    headers = parse_env_headers(setting(environ, signal, "HEADERS"), liberal=True)
    return Target(
        signal,
        protocol,
        default_endpoint(environ, signal, protocol),
        tuple(sorted(headers)),
        setting(environ, signal, "CERTIFICATE"),
    )


def default_endpoint(environ: Mapping[str, str], signal: str, protocol: str) -> str:
    """Return the endpoint that the variables name for a signal, else the one that OTLP has by default."""
    own = environ.get(f"OTEL_EXPORTER_OTLP_{signal.upper()}_ENDPOINT", "").strip()
    shared = environ.get("OTEL_EXPORTER_OTLP_ENDPOINT", "").strip()
    if protocol == "grpc":
        return own or shared or "http://localhost:4317"
    return own or f"{(shared or 'http://localhost:4318').removesuffix('/')}/v1/{signal}"
