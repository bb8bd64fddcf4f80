"""Which of freqtrade's methods are watched, and by which operation."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from otel_trading.instrumentation.freqtrade import bot, trades
from otel_trading.instrumentation.freqtrade.exchange import BalanceFields, FreqtradeFields, asked, candles, sent
from otel_trading.instrumentation.toolkit.hooks import Hook, after, before, on
from otel_trading.instrumentation.toolkit.operations import cancel

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from otel_trading.instrumentation.toolkit.layers import Watching
    from otel_trading.instrumentation.toolkit.terms import Fields
    from otel_trading.instrumentation.toolkit.wrapping import Call

    Operation = Callable[[Fields, Call], Watching | None]

_FIELDS = FreqtradeFields()
_BALANCES = BalanceFields()

_ORDERS: Mapping[str, Operation] = MappingProxyType(
    {
        "create_order": sent,
        "create_stoploss": sent,
        "cancel_order": cancel,
        "fetch_order": asked,
        "fetch_orders": asked,
        "fetch_stoploss_order": asked,
        "get_trades_for_order": asked,
        "refresh_latest_ohlcv": candles,
    }
)
_FREQTRADE_BOT: Mapping[str, Operation] = MappingProxyType(
    {
        "process": bot.iteration,
        "process_stopped": bot.iteration,
        "startup": bot.working,
        "cleanup": bot.working,
        "execute_entry": trades.entry,
        "execute_trade_exit": trades.exiting,
        "update_trade_state": trades.about_order,
        "handle_cancel_enter": trades.about_order,
        "handle_cancel_exit": trades.about_order,
    }
)


def of_exchange(owner: str) -> tuple[Hook, ...]:
    """Return the hooks of an exchange class, ``"package.module:Class"``; several venues' override some methods."""
    return (*on(owner, _FIELDS, _ORDERS), Hook(f"{owner}.get_balances", asked, _BALANCES))


EXCHANGE = "freqtrade.exchange:Exchange"

HOOKS = (
    *of_exchange(EXCHANGE),
    *on("freqtrade.freqtradebot:FreqtradeBot", _FIELDS, _FREQTRADE_BOT),
    *on("freqtrade.worker:Worker", _FIELDS, dict.fromkeys(("__init__", "run"), after(bot.ended))),
    Hook("freqtrade.rpc.rpc_manager:RPCManager.send_msg", before(bot.sent), _FIELDS),
    Hook("freqtrade.rpc.rpc_manager:RPCManager.process_msg_queue", before(bot.queued), _FIELDS),
    Hook("freqtrade.persistence.trade_model:Trade.get_total_closed_profit", after(bot.earned), _FIELDS),
)
