"""Which messages are encoded for the first time: a bot may encode one for its log and once more for its socket."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from otel_trading.instrumentation.fix import tags
from otel_trading.instrumentation.fix.reports import is_flagged
from otel_trading.orders.lifecycle import TERMINAL
from otel_trading.orders.registry import registry

if TYPE_CHECKING:
    from otel_trading.instrumentation.fix.message import Message
    from otel_trading.instrumentation.fix.waiting import Session

_MOST = 10_000


class Encoded:
    """The requests that were encoded, of the last ten thousand."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers: OrderedDict[tuple[str, ...], str] = OrderedDict()

    def is_new(self, message: Message, session: Session) -> bool:
        """Tell whether a request was not encoded before.

        It was, if one of its session, type and ClOrdID (11) was. A bot may use a ClOrdID anew once its order is over:
        then the MsgSeqNum (34) is another one, and nothing says that it is sent again (PossDupFlag, 43; PossResend,
        97).
        """
        if not len(registry):
            self.clear()  # all orders were forgotten
        client_id, number = message[tags.CL_ORD_ID], message[tags.MSG_SEQ_NUM]
        name = (*session, message[tags.MSG_TYPE], client_id)
        with self._lock:
            before = self._numbers.get(name)
            self._numbers[name] = number
            self._numbers.move_to_end(name)
            if len(self._numbers) > _MOST:
                self._numbers.popitem(last=False)
        if before is None:
            return True
        if before == number or is_flagged(message):
            return False
        order = registry.find(client_id, venue=session.venue)
        return order is not None and order.status in TERMINAL

    def clear(self) -> None:
        """Forget every message."""
        with self._lock:
            self._numbers.clear()
