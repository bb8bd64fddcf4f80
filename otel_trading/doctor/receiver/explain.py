"""From the answer to a test record, or the lack of one, to what is wrong and what to do."""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING, NamedTuple

import requests

from otel_trading.causes import causes

if TYPE_CHECKING:
    from collections.abc import Callable

    from otel_trading.doctor.receiver.outcome import Outcome
    from otel_trading.doctor.receiver.target import Target


class Explained(NamedTuple):
    """What is wrong with a receiver; ``code`` is the part after ``receiver.``, empty where nothing is."""

    code: str
    title: str
    remedy: str = ""


def explain(outcome: Outcome) -> Explained:
    """Explain an outcome."""
    target = outcome.target
    if outcome.timed_out:
        return _timeout(target)
    if outcome.code and not outcome.delivered:
        return _grpc(outcome)
    if outcome.error is not None:
        return _error(target, outcome.error)
    if outcome.status is not None:
        return _status(target, outcome)
    return Explained("", "") if outcome.delivered else _timeout(target)


def _status(target: Target, outcome: Outcome) -> Explained:
    status = outcome.status or 0
    if status < 300:  # noqa: PLR2004 - HTTP's
        if "html" in outcome.content_type.lower():
            return Explained("not_otlp", f"{target.place} answers with a web page", _NOT_OTLP)
        return Explained("", "")
    for statuses, make in _STATUSES.items():
        if status in statuses:
            return make(target)
    return Explained("rejected", f"{target.place} refuses the record", "See the receiver's own log for the reason.")


def _error(target: Target, problem: BaseException) -> Explained:
    chain = list(causes(problem))
    for kinds, make in _ERRORS.items():
        if any(isinstance(each, kinds) for each in chain):
            return make(target)
    if any(isinstance(each, OSError) and "certificate" in str(each).lower() for each in chain):
        return _tls(target)  # the file does not exist
    if any(isinstance(each, requests.exceptions.ConnectionError) for each in chain):
        return _protocol(target)
    return Explained("failed", f"The record could not be sent to {target.place}", "See the evidence.")


def _grpc(outcome: Outcome) -> Explained:
    words, target = outcome.words.lower(), outcome.target
    if outcome.code == "UNAVAILABLE":
        for hint, make in _GRPC_WORDS.items():
            if hint in words:
                return make(target)
        return _protocol(target)
    make_code = _GRPC_CODES.get(outcome.code)
    if make_code is not None:
        return make_code(target)
    return Explained("rejected", f"{target.place} refuses the record", "See the receiver's own log for the reason.")


def root_cause(problem: BaseException) -> BaseException:
    """Return the cause that the operating system or TLS named; requests wraps it in three lines of its own."""
    return next((each for each in causes(problem) if isinstance(each, _NAMED) and each.errno is not None), problem)


def _unauthorized(target: Target) -> Explained:
    sent = f"the headers {', '.join(target.headers)}" if target.headers else "no header"
    title = f"{target.place} does not accept the credentials: {sent} went with the record"
    remedy = (
        "Set OTEL_EXPORTER_OTLP_HEADERS to what the receiver asks for, such as authorization=Bearer%20TOKEN: blanks"
        " and commas in a value are percent-encoded. A signal's own ..._HEADERS replaces it whole."
    )
    return Explained("unauthorized", title, remedy)


def _path(target: Target) -> Explained:
    if target.protocol == "grpc":
        return Explained("path", f"{target.place} does not know OTLP's service", _NOT_OTLP)
    remedy = (
        f"OTEL_EXPORTER_OTLP_ENDPOINT is without /v1/{target.signal}, which is added; a signal's own"
        f" OTEL_EXPORTER_OTLP_{target.signal.upper()}_ENDPOINT is taken as it is, and needs the path."
    )
    return Explained("path", f"Nothing takes {target.signal} at {target.endpoint}", remedy)


def _redirect(target: Target) -> Explained:
    remedy = "Set the endpoint to where it redirects: the exporter takes this answer for success, and all is lost."
    return Explained("redirect", f"{target.place} redirects, which no exporter follows", remedy)


def _too_large(target: Target) -> Explained:
    return Explained("rejected", f"{target.place} takes no body of even a test's size", "Raise the receiver's limit.")


def _media(target: Target) -> Explained:
    return Explained("not_otlp", f"{target.place} takes no protobuf", _NOT_OTLP)


def _unavailable(target: Target) -> Explained:
    remedy = "Wait, and look at the receiver: it is overloaded, or what is behind it is away. Bots retry, then drop."
    return Explained("unavailable", f"{target.place} is up and takes nothing at present", remedy)


def _tls(target: Target) -> Explained:
    remedy = (
        "Set OTEL_EXPORTER_OTLP_CERTIFICATE to the file of the CA that signed the receiver's certificate; its names"
        f" must include {target.host}. Where the receiver speaks no TLS, begin the endpoint with http://."
    )
    used = f" (with {target.certificate})" if target.certificate else ""
    return Explained("tls", f"No TLS connection to {target.place}{used}", remedy)


def _dns(target: Target) -> Explained:
    return Explained("dns", f"The name {target.host} does not resolve", "Correct the host in the endpoint, or the DNS.")


def _refused(target: Target) -> Explained:
    remedy = (
        "Start the receiver, or correct the port: 4318 is usual for http/protobuf, 4317 for grpc. In a container"
        " localhost is the container itself."
    )
    return Explained("refused", f"Nothing listens at {target.place}", remedy)


def _timeout(target: Target) -> Explained:
    remedy = "A firewall drops the packets, the host is wrong, or the receiver hangs. A longer try: --timeout 30."
    return Explained("timeout", f"{target.place} does not answer in time", remedy)


def _endpoint(target: Target) -> Explained:
    remedy = f"Write it with its scheme, as http://{target.place or 'localhost:4318'}."
    return Explained("endpoint", f"The endpoint {target.endpoint} is no URL", remedy)


def _proxy(target: Target) -> Explained:
    remedy = f"Correct HTTPS_PROXY, or add {target.host} to NO_PROXY."
    return Explained("proxy", f"The proxy in front of {target.place} fails", remedy)


def _protocol(target: Target) -> Explained:
    other = "grpc (usual port 4317)" if target.protocol != "grpc" else "http/protobuf (usual port 4318)"
    remedy = f"Does this port speak {other}? Set OTEL_EXPORTER_OTLP_PROTOCOL and the port to fit each other."
    return Explained("protocol", f"{target.place} breaks the connection off: it speaks no {target.protocol}", remedy)


_NOT_OTLP = "Set the endpoint to an OTLP receiver: this is another server, or a log-in page before it."

_NAMED = (ConnectionError, ssl.SSLError, socket.gaierror, TimeoutError)

_STATUSES: dict[tuple[int, ...], Callable[[Target], Explained]] = {
    (401, 403, 407): _unauthorized,
    (404, 405, 501): _path,
    (301, 302, 303, 307, 308): _redirect,
    (413,): _too_large,
    (415,): _media,
    (408, 429, 502, 503, 504): _unavailable,
}

_ERRORS: dict[tuple[type[BaseException], ...], Callable[[Target], Explained]] = {
    (requests.exceptions.InvalidSchema, requests.exceptions.MissingSchema, requests.exceptions.InvalidURL): _endpoint,
    (requests.exceptions.ProxyError,): _proxy,
    (requests.exceptions.SSLError, ssl.SSLError): _tls,
    (socket.gaierror,): _dns,
    (ConnectionRefusedError,): _refused,
    (requests.exceptions.Timeout, TimeoutError): _timeout,
}
"""By the class of a cause, the most telling first."""

_GRPC_WORDS: dict[str, Callable[[Target], Explained]] = {
    "dns": _dns,
    "ssl": _tls,
    "tls": _tls,
    "certificate": _tls,
    "refused": _refused,
    "timed out": _timeout,
    "timeout": _timeout,
}
"""By what gRPC says about UNAVAILABLE, which it calls everything below itself."""

_GRPC_CODES: dict[str, Callable[[Target], Explained]] = {
    "UNAUTHENTICATED": _unauthorized,
    "PERMISSION_DENIED": _unauthorized,
    "UNIMPLEMENTED": _path,
    "NOT_FOUND": _path,
    "DEADLINE_EXCEEDED": _timeout,
    "RESOURCE_EXHAUSTED": _unavailable,
}
