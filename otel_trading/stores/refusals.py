"""From what a store answers, or the lack of an answer, to what is wrong and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import requests

from otel_trading.settings import TABLE
from otel_trading.stores.errors import StackError

if TYPE_CHECKING:
    from collections.abc import Callable

    from otel_trading.stores.access import Access

_OK = 200
_WORDS = 300
_TOKEN, _USER, _PASSWORD, _CA, _SECONDS = (
    TABLE[field].variable for field in ("stack_token", "stack_user", "stack_password", "stack_ca", "stack_seconds")
)


def refusal(access: Access, *, status: int = 0, words: str = "", error: Exception | None = None) -> StackError:
    """Return the error to raise: for an exception of the way there, else for an HTTP status.

    Status 200 is an answer that is not what was asked for.
    """
    said = _readable(words)
    if error is not None:
        message = _unreached(access, error)
    elif status in _STATUSES:
        message = _STATUSES[status](access, said)
    elif status < requests.codes.bad_request:
        message = (
            f"What answers at {access.address} is no {access.store}, or sends requests elsewhere. Set {access.setting}."
        )
    else:
        message = f"{access.store} at {access.address} failed ({status}): {said or 'it does not say why'}"
    return StackError(message, status=status, words=said)


def _unreached(access: Access, error: Exception) -> str:
    place = _front(access)
    if isinstance(error, requests.Timeout):
        return f"{place} did not answer within {access.seconds:g} s. Ask for less with --since, or raise {_SECONDS}."
    if isinstance(error, requests.exceptions.SSLError):
        return f"{place} shows a certificate that is not trusted. Set {_CA} to the file of its authority."
    if isinstance(error, OSError) and not isinstance(error, requests.RequestException):
        return f"{place} cannot be asked: {error}. Does the file {access.ca} ({_CA}) exist?"
    if isinstance(error, requests.ConnectionError):
        return f"{place}: nothing answers there. Is the stack up (docker compose ps --all)? Else set {access.setting}."
    return f"{place} cannot be understood: {type(error).__name__}. Set {access.setting} to its address."


def _unauthorized(access: Access, _: str) -> str:
    had = "refuses the credentials" if access.authorization else "asks for credentials"
    here = ", or run this in the stack's folder, whose .env holds them" if access.by_grafana else ""
    return f"{_front(access)} {had} (401). Set {_TOKEN}, or {_USER} and {_PASSWORD}{here}."


def _forbidden(access: Access, _: str) -> str:
    who = "a service account" if access.by_grafana else "credentials"
    return (
        f"{_front(access)} does not let these credentials query {access.store} (403). Set {_TOKEN} to {who} that may."
    )


def _missing(access: Access, said: str) -> str:
    if access.by_grafana and "ata source" in said.replace("datasource", "data source"):
        return (
            f"Grafana at {access.address} has no data source {access.url.rpartition('/')[2]!r} (404). Set"
            f" OTEL_TRADING_{access.store.upper()}_URL to {access.address}/api/datasources/proxy/uid/UID with the"
            f" UID of its data source for {access.store}."
        )
    return f"What answers at {access.address} does not know {access.store}'s API (404). Set {access.setting}."


def _too_many(access: Access, _: str) -> str:
    return f"{_front(access)} is asked too much (429). Try again in a minute, or ask for less with --since."


def _gone(access: Access, said: str) -> str:
    if access.by_grafana:
        front = f"Grafana at {access.address} does not reach {access.store}"
        return f"{front}: see docker compose ps --all. ({said or 'no reason'})"
    return f"{access.store} at {access.address} is not ready: {said or 'it does not say why'}. Try again in a minute."


def _front(access: Access) -> str:
    return f"{'Grafana' if access.by_grafana else access.store} at {access.address}"


def _readable(words: str) -> str:
    """Return the beginning of what a server said, on one line, without what a terminal would obey."""
    plain = "".join(char if char.isprintable() else " " for char in words[: 4 * _WORDS])
    return " ".join(plain.split())[:_WORDS]


_STATUSES: dict[int, Callable[[Access, str], str]] = {
    401: _unauthorized,
    403: _forbidden,
    404: _missing,
    429: _too_many,
    502: _gone,
    503: _gone,
    504: _gone,
}
