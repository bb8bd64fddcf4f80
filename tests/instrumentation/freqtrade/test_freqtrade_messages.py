"""Freqtrade's messages in words, on messages that it sent; freqtrade itself is not needed."""

from __future__ import annotations

from enum import Enum
from typing import Any

import pytest
from opentelemetry._logs import SeverityNumber

from otel_trading.instrumentation.freqtrade import messages


class RPCMessageType(str, Enum):
    """As freqtrade has it: a member is equal to its word, and is printed as one."""

    STATUS = "status"
    WARNING = "warning"
    EXCEPTION = "exception"
    ENTRY_FILL = "entry_fill"
    EXIT_FILL = "exit_fill"
    EXIT_CANCEL = "exit_cancel"
    PROTECTION_TRIGGER = "protection_trigger"
    PROTECTION_TRIGGER_GLOBAL = "protection_trigger_global"
    LIQUIDATION_WARNING = "liquidation_warning"
    WHITELIST = "whitelist"
    ANALYZED_DF = "analyzed_df"


Type = RPCMessageType
_TRADE = {"trade_id": 2, "pair": "ETH/USDT", "direction": "Long", "amount": 0.0333, "order_rate": 2900.69}
_EXIT = _TRADE | {"profit_amount": -3.47251601, "stake_currency": "USDT", "exit_reason": "stop_loss"}
_LOCK = {"pair": "*", "lock_end_time": "2026-11-23 13:30:00", "reason": "1 stoplosses in 60 min", "active": True}
MESSAGES: list[tuple[dict[str, Any], str, str]] = [
    ({"type": Type.STATUS, "status": "process died"}, "process died", ""),
    ({"type": Type.WARNING, "status": "1 open trades active."}, "1 open trades active.", ""),
    ({"type": "strategy_msg", "msg": "hello"}, "hello", ""),
    (
        _TRADE | {"type": Type.ENTRY_FILL, "enter_tag": "volume"},
        "entry fill: trade 2 long ETH/USDT 0.0333 at 2900.69 (volume)",
        "ETH/USDT",
    ),
    (
        _EXIT | {"type": Type.EXIT_FILL},
        "exit fill: trade 2 long ETH/USDT 0.0333 at 2900.69 profit -3.47251601 USDT (stop_loss)",
        "ETH/USDT",
    ),
    (
        _EXIT | {"type": Type.EXIT_CANCEL, "reason": "cancelled due to timeout"},
        "exit cancel: trade 2 long ETH/USDT 0.0333 at 2900.69 profit -3.47251601 USDT (cancelled due to timeout)",
        "ETH/USDT",
    ),
    (
        _LOCK | {"type": Type.PROTECTION_TRIGGER_GLOBAL},
        "protection trigger global: all pairs locked until 2026-11-23 13:30:00: 1 stoplosses in 60 min",
        "",
    ),
    (
        _LOCK | {"type": Type.PROTECTION_TRIGGER, "pair": "ETH/USDT"},
        "protection trigger: ETH/USDT locked until 2026-11-23 13:30:00: 1 stoplosses in 60 min",
        "ETH/USDT",
    ),
    (
        _TRADE | {"type": Type.LIQUIDATION_WARNING, "current_rate": 2650.0, "liquidation_price": 2600.5},
        "liquidation warning: trade 2 long ETH/USDT at 2650, liquidation at 2600.5",
        "ETH/USDT",
    ),
    ({"type": Type.WHITELIST, "data": ["BTC/USDT", "ETH/USDT"]}, "whitelist: BTC/USDT ETH/USDT", ""),
    ({"type": "of_a_later_version", "data": object()}, "of a later version", ""),
]


@pytest.mark.parametrize(("message", "body", "symbol"), MESSAGES, ids=lambda item: str(item)[:20])
def test_a_message_is_told_in_words_with_its_type_and_pair(message: dict[str, Any], body: str, symbol: str) -> None:
    assert messages.body(message) == body
    assert messages.symbol(message) == symbol
    assert messages.kind(message) == str(getattr(message["type"], "value", message["type"]))


@pytest.mark.parametrize(
    ("kind", "severity"),
    [
        (Type.EXCEPTION, SeverityNumber.ERROR),
        (Type.WARNING, SeverityNumber.WARN),
        (Type.LIQUIDATION_WARNING, SeverityNumber.WARN),
        (Type.PROTECTION_TRIGGER, SeverityNumber.WARN),
        (Type.PROTECTION_TRIGGER_GLOBAL, SeverityNumber.WARN),
        (Type.STATUS, SeverityNumber.INFO),
        (Type.EXIT_FILL, SeverityNumber.INFO),
    ],
)
def test_a_message_is_as_severe_as_its_type(kind: Type, severity: SeverityNumber) -> None:
    assert messages.severity({"type": kind}) is severity


def test_a_message_as_long_as_a_traceback_is_cut() -> None:
    assert len(messages.body({"type": Type.EXCEPTION, "status": "x" * 100_000})) == 4_000


def test_a_message_without_any_figures_is_told_all_the_same() -> None:
    assert messages.body({"type": Type.ENTRY_FILL, "trade_id": 3}) == "entry fill: trade 3"
