"""FIX sessions as streams: logged on, ended, logged on again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from otel_trading.instrumentation.toolkit.connections import Connection, connected, disconnected

if TYPE_CHECKING:
    from otel_trading.instrumentation.fix.waiting import Session


class _Owner:
    """Stands for a session, so that its next logon makes up for its own loss and for no other's."""


class Sessions:
    """The sessions that this process logged on to."""

    def __init__(self) -> None:
        self._owners: dict[Session, _Owner] = {}  # as many as are configured

    def logged_on(self, session: Session) -> None:
        """Take note that the venue took the logon."""
        connected(self._connection(session))

    def ended(self, session: Session, *, reason: str = "", on_purpose: bool = False) -> None:
        """Take note that a session ended."""
        disconnected(self._connection(session), reason=reason, on_purpose=on_purpose)

    def clear(self) -> None:
        """Forget every session."""
        self._owners.clear()

    def _connection(self, session: Session) -> Connection:
        return Connection(session.venue, self._owners.setdefault(session, _Owner()), session)
