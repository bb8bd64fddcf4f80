"""The way of a request: rate limit, sender, signature, operation. The same for REST and websocket."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from otel_trading.demo.venue.auth import check_signature, known_account
from otel_trading.demo.venue.errors import VenueError, unknown
from otel_trading.demo.venue.limits import banned, too_much_weight
from otel_trading.demo.venue.operations import Call, Operation, Security

if TYPE_CHECKING:
    from otel_trading.demo.venue.accounts import Account
    from otel_trading.demo.venue.exchange import Exchange
    from otel_trading.demo.venue.faults import Faults
    from otel_trading.demo.venue.limits import RateLimiter
    from otel_trading.demo.venue.params import Params

_log = logging.getLogger(__name__)


class Answer:
    """What an operation gave: a status, a JSON value, and headers."""

    def __init__(
        self, status: int, body: Any, headers: dict[str, str], account: Account | None, *, orders: bool
    ) -> None:
        self.status = status
        self.body = body
        self.headers = headers
        self.account = account
        self.orders = orders


class Gateway:
    """Runs operations for whoever may call them."""

    def __init__(
        self, exchange: Exchange, limiter: RateLimiter, faults: Faults, operations: dict[str, Operation]
    ) -> None:
        self._exchange = exchange
        self._limiter = limiter
        self._faults = faults
        self._operations = operations

    def run(self, name: str, params: Params, key: str, signed: str) -> Answer:
        """Run the operation called ``name``; every failure becomes an answer.

        ``key`` is the API key sent, ``signed`` the text that its signature has to cover.
        """
        operation = self._operations[name]
        account: Account | None = None
        try:
            self._refuse_if_limited()
            self._limiter.use_weight(operation.cost(params))
            account = self.sender(operation.security, params, key, signed)
            if account is not None and operation.orders:
                self._limiter.check_orders(account, operation.orders)
            body = operation.handle(Call(params, account))
            if account is not None and operation.orders:
                self._limiter.add_orders(account, operation.orders)
        except VenueError as refusal:
            return self.refusal(refusal, account, orders=bool(operation.orders))
        except Exception:  # noqa: BLE001 whatever breaks, the client gets the venue's kind of answer
            _log.exception("operation %s failed", name)
            return self.refusal(unknown(), account, orders=bool(operation.orders))
        headers = self._limiter.headers(account, orders=bool(operation.orders))
        return Answer(HTTPStatus.OK, body, headers, account, orders=bool(operation.orders))

    def sender(self, security: Security, params: Params, key: str, signed: str) -> Account | None:
        """Return the account of a request that proves it; raise the error of :mod:`.auth` where it does not."""
        if security is Security.NONE:
            return None
        account = known_account(self._exchange.accounts, key)
        if security is Security.SIGNED:
            check_signature(account, signed, params, self._exchange.clock)
        return account

    def refusal(self, error: VenueError, account: Account | None = None, *, orders: bool = False) -> Answer:
        """Return an error as an answer."""
        headers = {**self._limiter.headers(account, orders=orders), **error.headers}
        return Answer(error.status, error.body(), headers, account, orders=orders)

    def _refuse_if_limited(self) -> None:
        limited = self._faults.limited()
        if limited is None:
            return
        status, left = limited
        now_ms = self._exchange.clock.now_ms()
        seconds = max(1, round(left + 0.5))
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            raise too_much_weight(self._limiter.limits.weight_1m, seconds, now_ms)
        raise banned(now_ms + seconds * 1000, now_ms)
