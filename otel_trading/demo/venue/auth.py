"""Who sends a request: the API key, the HMAC-SHA256 signature, and the age of the request."""

from __future__ import annotations

import hashlib
import hmac
import re
from http import HTTPStatus
from typing import TYPE_CHECKING

from otel_trading.demo.venue.errors import VenueError, missing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from otel_trading.demo.venue.accounts import Account
    from otel_trading.demo.venue.clock import Clock
    from otel_trading.demo.venue.params import Params

_DEFAULT_WINDOW_MS = 5_000
_GREATEST_WINDOW_MS = 60_000
_AHEAD_MS = 1_000
_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")


def known_account(accounts: Mapping[str, Account], key: str) -> Account:
    """Return the account of an API key; raise -2014 for a malformed key, -2015 for an unknown one."""
    if _KEY.fullmatch(key) is None:
        raise VenueError(-2014, "API-key format invalid.", status=HTTPStatus.UNAUTHORIZED)
    account = accounts.get(key)
    if account is None:
        raise VenueError(-2015, "Invalid API-key, IP, or permissions for action.", status=HTTPStatus.UNAUTHORIZED)
    return account


def check_signature(account: Account, payload: str, params: Params, clock: Clock) -> None:
    """Check that ``payload`` was signed by the account, and lately.

    Raises -1102 for a missing timestamp or signature, -1131 for too wide a ``recvWindow``, -1021 for a request
    from too long ago or from the future, -1022 for a wrong signature.
    """
    if "signature" not in params:
        raise missing("signature")
    timestamp = params.integer("timestamp")
    window = params.optional_integer("recvWindow") or _DEFAULT_WINDOW_MS
    if window > _GREATEST_WINDOW_MS:
        raise VenueError(-1131, "recvWindow must be less than 60000.")
    now_ms = clock.now_ms()
    if timestamp > now_ms + _AHEAD_MS:
        raise VenueError(-1021, "Timestamp for this request was 1000ms ahead of the server's time.")
    if now_ms - timestamp > window:
        raise VenueError(-1021, "Timestamp for this request is outside of the recvWindow.")
    expected = hmac.new(account.secret.encode(), payload.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected.encode(), params.get("signature").encode()):
        raise VenueError(-1022, "Signature for this request is not valid.")


def signed_text(*parts: str) -> str:
    """Return what a REST signature covers: query and body as they were sent, run together, without it."""
    return "".join("&".join(piece for piece in part.split("&") if not piece.startswith("signature=")) for part in parts)


def signed_params(params: Params) -> str:
    """Return what a websocket signature covers: the parameters in alphabetical order, without it."""
    return "&".join(f"{name}={value}" for name, value in sorted(params.raw().items()) if name != "signature")
