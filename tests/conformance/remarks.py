"""What an instrumentor does not see of its library, and why: the sections of docs/libraries.md below its tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

REMARKS: Mapping[str, str] = {
    "ccxt": "See [ccxt](ccxt.md).",
    "alpaca-py": """\
Alpaca answers a cancel with nothing and an order with `pending_new`: without `TradingStream` an order stays
`pending_cancel` until something asks for it. The server-sent events of `BrokerClient.get_trade_events` are not
followed. In alpaca-py before 0.44 an exception in the bot's own handler leaves `TradingStream` connected and never
read again, which no hook can see. `cancel_orders` and `close_all_positions` name no orders before their answer, so
those stories have no request to cancel. An equity's symbol names no currency, so there is no notional.""",
    "python-binance": """\
Messages taken with `await socket.recv()` are handled in the bot's own code, so its log lines get ids from the
orders they name; callbacks of `ThreadedWebsocketManager` run with the order at work. The generated endpoint methods
(`v3_post_…`, `futures_v1_…`), order lists (OTO, OTOCO) and block trades are not watched. A conditional futures
order becomes another order when it is triggered, with a story of its own. After a reconnect the library itself does
not subscribe to the spot user stream again: the reconnect is counted, and nothing more is heard.""",
    "pybit": "",
    "ib-async": """\
`placeOrder` writes to the socket and returns: its span cannot fail, and no refusal is raised. What TWS says comes
later and is told in the order's story, under `permId` as the order's id; the client id is `orderRef` where it is
new to the process, else `clientId:orderId`. The fee follows its fill as an event of its own. Not seen: calls of
`ib.client` below `IB`, `exerciseOptions`, and the new price of a corrected execution. After `cancelMktData` the age
of that market data goes on growing.""",
    "ib-insync": "As ib-async, which is its successor; the same table of hooks serves both.",
    "simplefix": """\
simplefix has no sockets: a request is told when it is encoded, and a lost connection only at the next logon. Who is
who is told by the message type: orders that are encoded are the bot's, reports that are parsed are the venue's.
Reading old logs with it under instrumentation makes stories. The venue is the counterparty's CompID in lower case.""",
    "quickfix": """\
FIX has no answer in the call: orders are acknowledged by their ExecutionReport, and one that a session leaves
unanswered is told as unconfirmed when the session ends. `Session.sendToTarget` returns True while logged out, since
the engine stores the order and sends it later; that is told as unconfirmed as well. `DoNotSend` is a reject by
`quickfix.DoNotSend`. Not seen: NewOrderList, NewOrderCross, quotes sent out, trade busts and corrections, and
callbacks set on an instance. QuickFIX has no wheels: `pip install otel-trading[quickfix]` builds it, which takes a
C++ compiler and some minutes.""",
    "freqtrade": """\
See [freqtrade](freqtrade.md). freqtrade opens no stream of its orders: each turn of its loop asks what became of
them, so a fill is recorded when the bot learns of it. It changes no order and takes no client id. In dry-run it
fills orders itself, whole and at once, so nothing is refused and nothing is partial; they are marked
`trading.simulated`.""",
    "nautilus-trader": """\
Orders come from the message bus, once each; live nodes and sandboxes by themselves, back-tests with
`OTEL_TRADING_BACKTESTS=on`, since a dense one takes some 2.6 times as long and has more orders than a year of
trading. A sandbox and a back-test are marked `trading.simulated`; in a back-test `trading.order.transact_time` is
simulated time. `self.log` writes to the console from Rust and cannot be captured: log with Python's `logging`, or
collect the file of `log_file_format="json"`. A lost websocket is told when its replacement is made, for the Binance
adapter only. Balances and the start and end of a node have no names yet. Unrealized P&L changes with position
events only.""",
}
"""By the name of the distribution; empty where everything asked for is seen."""
