"""Where to send: the standard ``OTEL_EXPORTER_OTLP_*`` variables, as the stock exporters take them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from opentelemetry.util.re import parse_env_headers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from otel_trading.telemetry.store.layout import Signal

DEFAULT_ENDPOINT = "http://localhost:4318"
"""OTLP/HTTP's own default."""

DEFAULT_TIMEOUT = 60.0
"""Seconds. A bot's 10 s would break off a Collector that makes its senders wait, and leave the batch in doubt."""

_PATH = re.compile(r"/v1/(?:traces|logs|metrics)/?$")
_UNFIT = re.compile(r"[^\t\x20-\x7e\x80-\xff]")
_LOOPBACK = re.compile(r"localhost|127(?:\.\d+){3}|::1")


class TargetError(ValueError):
    """A receiver cannot be made out from the options and variables; the message names the wrong one."""


class Target(NamedTuple):
    """Where records of a signal go, and how. ``timeout`` in seconds, ``compression`` gzip, deflate or none."""

    signal: Signal
    url: str
    headers: dict[str, str]
    headers_variable: str
    timeout: float
    compression: str
    certificate: str = ""
    client_certificate: str = ""
    client_key: str = ""

    @property
    def place(self) -> str:
        """The URL without credentials and parameters, to be shown."""
        parts = urlsplit(self.url)
        return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()

    @property
    def shows_headers(self) -> bool:
        """Whether headers travel in the clear, to another machine."""
        parts = urlsplit(self.url)
        return bool(self.headers) and parts.scheme == "http" and not _LOOPBACK.fullmatch(parts.hostname or "")


def target_of(environ: Mapping[str, str], signal: Signal, endpoint: str | None = None) -> Target:
    """Return where a signal goes; ``endpoint`` is a base URL that wins over the variables. Raises TargetError."""
    if endpoint is None:
        _check_protocol(environ, signal)
    variable, text = _found(environ, signal, "HEADERS")
    headers = dict(parse_env_headers(text, liberal=True))
    for name, value in headers.items():
        if _UNFIT.search(name + value):
            raise TargetError(f"{variable}: the header {name} has a character that HTTP does not allow")
    files = {
        name: _file(*_found(environ, signal, name)) for name in ("CERTIFICATE", "CLIENT_CERTIFICATE", "CLIENT_KEY")
    }
    return Target(
        signal,
        _url(environ, signal, endpoint),
        headers,
        variable,
        _timeout(*_found(environ, signal, "TIMEOUT")),
        _compression(*_found(environ, signal, "COMPRESSION")),
        files["CERTIFICATE"],
        files["CLIENT_CERTIFICATE"],
        files["CLIENT_KEY"],
    )


def _found(environ: Mapping[str, str], signal: Signal, name: str) -> tuple[str, str]:
    """Return the variable that decides and its value: the signal's own, else the one for all."""
    shared, own = f"OTEL_EXPORTER_OTLP_{name}", f"OTEL_EXPORTER_OTLP_{signal.upper()}_{name}"
    variable = own if environ.get(own, "").strip() else shared
    return variable, environ.get(variable, "").strip()


def _url(environ: Mapping[str, str], signal: Signal, endpoint: str | None) -> str:
    own = f"OTEL_EXPORTER_OTLP_{signal.upper()}_ENDPOINT"
    variable, text = _found(environ, signal, "ENDPOINT")
    if endpoint is not None:
        variable, text = "--endpoint", _PATH.sub("", endpoint.strip())
    try:
        parts = urlsplit(text or DEFAULT_ENDPOINT)
        usable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        usable = None
    if not usable:
        raise TargetError(f"{variable}: {text!r} is no URL such as {DEFAULT_ENDPOINT}")
    # A signal's own endpoint is taken as it is; to the others the path of the signal is added.
    return text if variable == own else f"{(text or DEFAULT_ENDPOINT).rstrip('/')}/v1/{signal}"


def _check_protocol(environ: Mapping[str, str], signal: Signal) -> None:
    variable, protocol = _found(environ, signal, "PROTOCOL")
    if protocol == "grpc":
        raise TargetError(
            f"{variable} is grpc, and a replay speaks OTLP/HTTP: give --endpoint, such as {DEFAULT_ENDPOINT}"
        )


def _timeout(variable: str, text: str) -> float:
    try:
        seconds = float(text or DEFAULT_TIMEOUT)
    except ValueError:
        seconds = 0
    if not 0 < seconds < float("inf"):
        raise TargetError(f"{variable}: {text!r} is no number of seconds above 0")
    return seconds


def _compression(variable: str, text: str) -> str:
    found = text.lower() or "gzip"
    if found not in {"gzip", "deflate", "none"}:
        raise TargetError(f"{variable}: {text!r} is none of gzip, deflate, none")
    return found


def _file(variable: str, path: str) -> str:
    if path and not Path(path).is_file():
        raise TargetError(f"{variable}: there is no file {path}")
    return path
