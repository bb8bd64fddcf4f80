"""User data streams: who listens to which account, by subscription or by listen key."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from otel_trading.demo.venue.chance import generator
from otel_trading.demo.venue.errors import VenueError
from otel_trading.demo.venue.operations import Call, Operation, Security

if TYPE_CHECKING:
    from otel_trading.demo.venue.accounts import Account
    from otel_trading.demo.venue.clock import Clock
    from otel_trading.demo.venue.faults import Faults

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_KEY_LENGTH = 64
_LIFETIME_MS = 3_600_000

Send = Callable[[dict[str, Any]], None]
"""Takes an event of the user data stream."""


class UserStreams:
    """Listeners by account, and listen keys that live for an hour after they were last used."""

    def __init__(self, clock: Clock, faults: Faults, seed: int) -> None:
        self._clock = clock
        self._faults = faults
        self._random = generator(seed, "listen keys")
        self._listeners: dict[str, list[Send]] = {}
        self._keys: dict[str, tuple[Account, int]] = {}

    def operations(self) -> dict[str, Operation]:
        """Return the operations on listen keys."""
        return {
            "userDataStream.start": Operation(self._start, 2, Security.KEY),
            "userDataStream.ping": Operation(self._extend, 2, Security.KEY),
            "userDataStream.stop": Operation(self._stop, 2, Security.KEY),
        }

    def subscribe(self, account: Account, send: Send) -> None:
        """Let ``send`` have the events of an account."""
        self._listeners.setdefault(account.key, []).append(send)

    def unsubscribe(self, account: Account, send: Send) -> None:
        """Let ``send`` have them no more."""
        self._listeners[account.key].remove(send)

    def tell(self, account: Account, event: dict[str, Any]) -> None:
        """Send an event to whoever listens to the account."""
        if self._faults.silent("user"):
            return
        for send in tuple(self._listeners.get(account.key, ())):
            send(event)

    def account_of(self, listen_key: str) -> Account | None:
        """Return whose listen key this is, if it is one and still lives."""
        account, until_ms = self._keys.get(listen_key, (None, 0))
        return account if self._clock.now_ms() < until_ms else None

    def _start(self, call: Call) -> dict[str, str]:
        for key, (account, _) in self._keys.items():
            if account is call.account and self.account_of(key) is not None:
                self._keys[key] = (account, self._clock.now_ms() + _LIFETIME_MS)
                return {"listenKey": key}
        key = "".join(self._random.choices(_LETTERS, k=_KEY_LENGTH))
        self._keys[key] = (call.account, self._clock.now_ms() + _LIFETIME_MS)
        return {"listenKey": key}

    def _extend(self, call: Call) -> dict[str, Any]:
        key = self._own_key(call)
        self._keys[key] = (call.account, self._clock.now_ms() + _LIFETIME_MS)
        return {}

    def _stop(self, call: Call) -> dict[str, Any]:
        del self._keys[self._own_key(call)]
        return {}

    def _own_key(self, call: Call) -> str:
        key = call.params.text("listenKey")
        if self.account_of(key) is not call.account:
            raise VenueError(-1125, "This listenKey does not exist.")
        return key
