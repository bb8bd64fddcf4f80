"""The requests that a venue has not answered yet, and the reports that it may repeat; bounded in number."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from otel_trading.instrumentation.fix.requests import Kind
    from otel_trading.orders.order import Order

_MOST = 10_000


class Session(NamedTuple):
    """Both ends of a FIX session: the venue, and the CompID that the bot has there."""

    venue: str
    bot: str


class Request(NamedTuple):
    """A message that waits for its answer: what it asks, of which order, by which ClOrdID (11)."""

    session: Session
    kind: Kind
    client_id: str
    order: Order


class Waiting:
    """The requests under way, found by their ClOrdID (11) or by the MsgSeqNum (34) that they were sent with."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: OrderedDict[tuple[Session, str], Request] = OrderedDict()
        self._numbered: OrderedDict[tuple[Session, str], tuple[Session, str]] = OrderedDict()

    def add(self, request: Request) -> None:
        """Take note of a request that is about to leave."""
        with self._lock:
            self._requests[request.session, request.client_id] = request
            if len(self._requests) > _MOST:
                self._requests.popitem(last=False)

    def number(self, request: Request, number: str) -> None:
        """Take note of the MsgSeqNum (34) with which a request left; numbers begin anew, and the last one counts."""
        with self._lock:
            self._numbered.pop((request.session, number), None)
            self._numbered[request.session, number] = (request.session, request.client_id)
            if len(self._numbered) > _MOST:
                self._numbered.popitem(last=False)

    def find(self, session: Session, client_id: str) -> Request | None:
        """Return the request that has a ClOrdID, which is unique in its session."""
        return self._requests.get((session, client_id))

    def find_number(self, session: Session, number: str) -> Request | None:
        """Return the request that left with a MsgSeqNum."""
        name = self._numbered.get((session, number))
        return None if name is None else self._requests.get(name)

    def answered(self, request: Request) -> bool:
        """Forget a request; tell whether it still waited."""
        with self._lock:
            found = self._requests.pop((request.session, request.client_id), None)
        return found is not None

    def end(self, session: Session) -> list[Request]:
        """Forget the requests of a session that ended, and return them."""
        with self._lock:
            ended = {name: request for name, request in self._requests.items() if request.session == session}
            for name in ended:
                del self._requests[name]
        return list(ended.values())


class Seen:
    """Names that were seen before, of the last ten thousand."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._names: OrderedDict[tuple[str, ...], None] = OrderedDict()

    def before(self, *name: str) -> bool:
        """Tell whether ``name`` was seen before; it is from now on."""
        with self._lock:
            known = name in self._names
            self._names[name] = None
            self._names.move_to_end(name)
            if len(self._names) > _MOST:
                self._names.popitem(last=False)
        return known
