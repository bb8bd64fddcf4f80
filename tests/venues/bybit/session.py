"""Who may ask: the signatures of V5, over REST and over a websocket."""

from __future__ import annotations

import hashlib
import hmac
import time
from typing import TYPE_CHECKING, Any

from tests.venues.bybit.refusals import RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

KEY, SECRET = "bybit-key", "bybit-secret"
"""The one account's credentials."""


def check_request(headers: Mapping[str, str], signed: str, now_ms: int) -> None:
    """Raise :class:`RefusedError` where a REST request is not signed; ``signed`` is its query or its body."""
    key, sent = headers.get("X-BAPI-API-KEY", ""), headers.get("X-BAPI-TIMESTAMP", "")
    window = headers.get("X-BAPI-RECV-WINDOW", "5000")
    if key != KEY:
        raise RefusedError(10003, "API key is invalid.")
    if not sent.isdigit() or abs(now_ms - int(sent)) > int(window):
        raise RefusedError(10002, "invalid request, please check your server timestamp or recv_window param.")
    if not hmac.compare_digest(_sign(sent + key + window + signed), headers.get("X-BAPI-SIGN", "")):
        raise RefusedError(10004, "error sign! please check your signature generation algorithm.")


def signed(body: str) -> dict[str, str]:
    """Return the headers of a request that the account sends with ``body``, by whatever client."""
    now = str(time.time_ns() // 1_000_000)
    return {
        "X-BAPI-API-KEY": KEY,
        "X-BAPI-TIMESTAMP": now,
        "X-BAPI-RECV-WINDOW": "5000",
        "X-BAPI-SIGN": _sign(f"{now}{KEY}5000{body}"),
    }


def check_socket(args: Any, now_ms: int) -> None:
    """Raise :class:`RefusedError` where the arguments of a websocket's ``auth`` are not right."""
    if not isinstance(args, list) or len(args) < 3 or args[0] != KEY:
        raise RefusedError(10003, "API key is invalid.")
    if int(args[1]) <= now_ms:
        raise RefusedError(10004, "Params Error: expired")
    if not hmac.compare_digest(_sign(f"GET/realtime{args[1]}"), str(args[2])):
        raise RefusedError(10004, "error sign!")


def _sign(text: str) -> str:
    return hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()
