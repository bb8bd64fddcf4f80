"""What each command of the runbooks shows after the night: what its page sends one there for."""

from __future__ import annotations

import sys
from typing import Final, NamedTuple

from otel_trading.semconv import events
from tests.stack.harness.runbooks import BOT

ANY: Final = range(1, sys.maxsize)
_LIMIT: Final = range(1, 21)
"""Orders that a list shows unless told otherwise."""

_BAD: Final = " (WARN|ERROR) "
_OPEN: Final = "  (NEW|PARTIALLY FILLED|PENDING [A-Z]+|UNCONFIRMED|NO ANSWER) "


class Promise(NamedTuple):
    """Expressions: of what is there, and of every row (an order, a log record); how many rows; the exit code."""

    there: tuple[str, ...] = ()
    each: str = ""
    rows: range = ANY
    code: int = 0


_SENT: Final = r"[1-9][\d,]* {} of 1 of 1 files sent"
_REPLAY: Final = Promise(tuple(_SENT.format(what) for what in ("spans", "log records", "data points")), rows=range(1))
_DOCTOR: Final = Promise(
    (
        r"error +Nothing listens at \S+ \(traces\)",
        r"warning +\S+ lost \d+ traces within a day \(spool_full\)",
        r"warning +Errors inside otel-trading",
        r"note +Waiting on disk for the receiver",
    ),
    rows=range(1),
    code=2,  # docs/doctor.md: an error, as one of the signals finds nobody
)


def _logs(event: str, said: str = "", *there: str) -> Promise:
    return Promise(there, each=f" {event}: {said}")


def _orders(state: str = "  [A-Z]", rows: range = _LIMIT) -> Promise:
    return Promise((r"SUBMITTED \(UTC\) +STATE +ORDER",), each=state, rows=rows)


_SAYS: Final = {
    "--level error --since 15m": Promise(each=f" ERROR {BOT} "),
    "--level warning --since 15m": Promise(each=f"{_BAD}{BOT} "),
    "--since 15m": Promise(each=f" {BOT} "),
    "--since 1h": Promise(each=f" {BOT} "),
    f"{events.TRADING_RISK_CHECK} --since 1d --limit 1": Promise(
        each=rf" {BOT} {events.TRADING_RISK_CHECK}: risk check \w+ [\d.-]+ of ", rows=range(1, 2)
    ),
}
"""Logs of one bot."""

_TELLS: Final = {
    '"rate" --level warning --since 15m': Promise(("too many requests",), each=f"{_BAD}.*rejected: "),
    '"telemetry of this kind" --since 1d --full': Promise(
        ("Traceback", "ValueError: could not convert"), each=" WARN "
    ),
    "stream --since 1h": Promise(("stream connected", "stream disconnected")),
    "stream --since 30m": Promise(("stream connected", "stream disconnected")),
    f"{events.TRADING_BOT_UNHANDLED_EXCEPTION} --since 1h --full": _logs(
        events.TRADING_BOT_UNHANDLED_EXCEPTION,
        "unhandled exception",
        "Traceback",
        "LookupError: the desk has no such account",
        "RuntimeError: the hedge could not be placed",
    ),
    f"{events.TRADING_KILL_SWITCH_CHANGED} --since 1h": _logs(
        events.TRADING_KILL_SWITCH_CHANGED, "kill switch", "kill switch active: daily loss limit"
    ),
    f"{events.TRADING_MARKET_DATA_GAP} --since 30m": _logs(events.TRADING_MARKET_DATA_GAP, "gap in order_book of "),
    f"{events.TRADING_ORDER_INVALID_TRANSITION} --since 1h": _logs(
        events.TRADING_ORDER_INVALID_TRANSITION, "reported partially_filled after expired"
    ),
    f"{events.TRADING_RISK_CHECK} --level warning --since 1h": _logs(events.TRADING_RISK_CHECK, ".* breached"),
    f"{events.TRADING_STREAM_DISCONNECTED} --since 30m": _logs(
        events.TRADING_STREAM_DISCONNECTED, "stream disconnected"
    ),
}
"""Logs of all bots."""

_LISTS: Final = {
    "--since 15m": _orders(),
    "--since 30m": _orders(),
    "--since 1h": _orders(),
    "--since 2h": _orders(),
    "--since 1d --limit 0": _orders(rows=range(100, sys.maxsize)),
    "--status canceled --since 1h": _orders("  CANCELED "),
    "--status filled --since 1h": _orders("  FILLED "),
    "--status no_answer --since 1h": _orders("  (UNCONFIRMED|NO ANSWER) "),
    "--status rejected --since 1h": _orders("  REJECTED "),
    "--status open --limit 0": _orders(_OPEN, ANY),
}
_LISTS_OF_BOT: Final = {
    "--since 15m": _orders("  (momentum|pairs-eth)  "),
    "--since 1h": _orders("  (momentum|pairs-eth)  "),
    "--status open --limit 0": _orders(f"{_OPEN}.*  (momentum|pairs-eth)  ", ANY),
}

PROMISES: Final = {
    **{f"otel-trading logs {words} --service BOT --from stack": promise for words, promise in _SAYS.items()},
    **{f"otel-trading logs {words} --from stack": promise for words, promise in _TELLS.items()},
    **{f"otel-trading orders {words} --from stack": promise for words, promise in _LISTS.items()},
    **{f"otel-trading orders {words} --service BOT --from stack": promise for words, promise in _LISTS_OF_BOT.items()},
    "otel-trading order ID --from stack": Promise(
        (
            r"FILLED in ",
            r"client id otc-",
            r"decision ",
            r"submit",
            r"acknowledged ",
            r"fill 1 ",
            r"otc: otc-\S+: filled",
        ),
        rows=range(1),
    ),
    "otel-trading replay --since 1h": _REPLAY,
    "otel-trading replay --since 2h": _REPLAY,
    "otel-trading doctor": _DOCTOR,
    "otel-trading doctor --bundle report.zip": _DOCTOR,
    "otel-trading init": Promise((r"export OTEL_EXPORTER_OTLP_ENDPOINT=",), rows=range(1)),
    "df -h": Promise((r"Filesystem ", r"\d% /"), rows=range(1)),
}
"""By the command, as it stands in a page."""
