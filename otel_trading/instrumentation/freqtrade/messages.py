"""Freqtrade's messages in words: pure functions over the dictionaries that it hands to its messengers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from opentelemetry._logs import SeverityNumber

from otel_trading.instrumentation.toolkit.values import number, text

if TYPE_CHECKING:
    from collections.abc import Mapping

_SEVERITIES = {
    "exception": SeverityNumber.ERROR,
    "warning": SeverityNumber.WARN,
    "liquidation_warning": SeverityNumber.WARN,
    "protection_trigger": SeverityNumber.WARN,
    "protection_trigger_global": SeverityNumber.WARN,
}
DATA = frozenset({"analyzed_df", "new_candle"})
"""Messages for programs: each pair's candles as they are analysed, which may be several a second.

Freqtrade leaves them out of its log too. How old candles are is told by ``trading.market_data.age``.
"""

_LENGTH = 4000
"""As much of a message as Telegram takes, in characters; an exception's message holds a whole traceback."""


def kind(message: Mapping[str, Any]) -> str:
    """Return the type of a message: one of freqtrade's ``RPCMessageType``."""
    return text(message.get("type"))


def severity(message: Mapping[str, Any]) -> SeverityNumber:
    """Return how bad it is."""
    return _SEVERITIES.get(kind(message), SeverityNumber.INFO)


def symbol(message: Mapping[str, Any]) -> str:
    """Return the pair that a message is about; empty where it is about none, or all (``*``)."""
    pair = text(message.get("pair"))
    return "" if pair == "*" else pair


def body(message: Mapping[str, Any]) -> str:
    """Return a message in words: freqtrade's own, or as few as tell what it says in figures."""
    said = message.get("status") or message.get("msg")
    if said is not None:
        return text(said)[:_LENGTH]
    name = kind(message).replace("_", " ")
    if "lock_end_time" in message:
        of = text(message.get("pair")).replace("*", "all pairs")
        return f"{name}: {of} locked until {text(message['lock_end_time'])}: {text(message.get('reason'))}"
    if "liquidation_price" in message:
        return f"{name}: {_trade(message)} at {_figure(message, 'current_rate')}, liquidation at " + _figure(
            message, "liquidation_price"
        )
    if "trade_id" in message:
        return f"{name}: {_traded(message)}"
    data = message.get("data")  # the list of pairs, of a message of type whitelist
    return " ".join([f"{name}:", *map(text, data)]) if isinstance(data, list) else name


def _traded(message: Mapping[str, Any]) -> str:
    """Return what an entry or exit message tells."""
    rate = _figure(message, "order_rate")
    said = [_trade(message), _figure(message, "amount"), f"at {rate}" if rate else ""]
    if "profit_amount" in message:
        said.append(f"profit {_figure(message, 'profit_amount')} {text(message.get('stake_currency'))}")
    because = message.get("reason") or message.get("exit_reason") or message.get("enter_tag")
    return " ".join(filter(None, said)) + (f" ({because})" if because else "")


def _trade(message: Mapping[str, Any]) -> str:
    direction = text(message.get("direction")).lower()
    return " ".join(filter(None, [f"trade {text(message.get('trade_id'))}", direction, text(message.get("pair"))]))


def _figure(message: Mapping[str, Any], name: str) -> str:
    found = number(message.get(name))
    return "" if found is None else f"{found:.10g}"
