"""The venue's errors: a code, a message and an HTTP status, as the spot API words them.

Codes are those of the spot API's "Error codes" page; -1013 and -2010 carry several different messages.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


class VenueError(Exception):
    """A refusal told to the client as ``{"code": …, "msg": …}``.

    ``status`` is the HTTP status (also the ``status`` of a websocket answer), ``headers`` go with a REST
    answer, ``data`` with the error object where the protocol has one (rate limits, cancel-replace).
    """

    def __init__(
        self,
        code: int,
        message: str,
        *,
        status: int = HTTPStatus.BAD_REQUEST,
        headers: Mapping[str, str] | None = None,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{code} {message}")
        self.code = code
        self.message = message
        self.status = int(status)
        self.headers = dict(headers or {})
        self.data = dict(data) if data is not None else None

    def body(self) -> dict[str, Any]:
        """Return the JSON object that tells the error."""
        told: dict[str, Any] = {"code": self.code, "msg": self.message}
        if self.data is not None:
            told["data"] = self.data
        return told


def unknown() -> VenueError:
    """Return -1000: something broke inside the venue."""
    return VenueError(
        -1000, "An unknown error occurred while processing the request.", status=HTTPStatus.INTERNAL_SERVER_ERROR
    )


def missing(name: str) -> VenueError:
    """Return -1102: a mandatory parameter is absent, empty or of the wrong form."""
    return VenueError(-1102, f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed.")


def illegal(name: str, legal: str) -> VenueError:
    """Return -1100: a parameter does not match its pattern."""
    return VenueError(-1100, f"Illegal characters found in parameter '{name}'; legal range is '{legal}'.")


def not_required(name: str) -> VenueError:
    """Return -1106: a parameter does not belong to this kind of order."""
    return VenueError(-1106, f"Parameter '{name}' sent when not required.")


def too_precise(name: str) -> VenueError:
    """Return -1111: more decimals than the asset has."""
    return VenueError(-1111, f"Parameter '{name}' has too much precision.")


def bad_symbol() -> VenueError:
    """Return -1121: no such symbol."""
    return VenueError(-1121, "Invalid symbol.")


def filtered(filter_type: str) -> VenueError:
    """Return -1013: the order fails one of the symbol's filters."""
    return VenueError(-1013, f"Filter failure: {filter_type}")


def rejected(reason: str) -> VenueError:
    """Return -2010: the order was understood and refused."""
    return VenueError(-2010, reason)


def insufficient_balance() -> VenueError:
    """Return -2010 in its most common form."""
    return rejected("Account has insufficient balance for requested action.")


def unknown_order() -> VenueError:
    """Return -2011: nothing to cancel."""
    return VenueError(-2011, "Unknown order sent.")


def no_such_order() -> VenueError:
    """Return -2013: nothing to tell about."""
    return VenueError(-2013, "Order does not exist.")


def not_found(path: str, method: str) -> VenueError:
    """Return -5000: the answer to a path or HTTP method the venue does not have."""
    return VenueError(-5000, f"Path {path}, Method {method} is invalid", status=HTTPStatus.NOT_FOUND)
