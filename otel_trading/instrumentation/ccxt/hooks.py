"""Which of ccxt's methods are watched, and by which operation.

The unified methods that users call, by name; each class that defines one is patched (93 of 104 sync classes
define their own ``create_order``). Convenience methods such as ``create_limit_buy_order`` reach ``create_order``
and are left alone. ``_ws`` variants go with their REST twins.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from otel_trading.instrumentation.toolkit import batches, operations

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from otel_trading.instrumentation.toolkit.layers import Watching
    from otel_trading.instrumentation.toolkit.terms import Fields
    from otel_trading.instrumentation.toolkit.wrapping import Call

    Operation = Callable[[Fields, Call], Watching | None]

ORDERS: Mapping[str, Operation] = MappingProxyType(
    {
        "create_order": operations.submit,
        "create_orders": batches.submit_batch,
        "edit_order": operations.amend,
        "edit_order_with_client_order_id": operations.amend,
        "edit_orders": batches.amend_batch,
        "cancel_order": operations.cancel,
        "cancel_order_with_client_order_id": operations.cancel,
        "cancel_orders": batches.cancel_several,
        "cancel_orders_with_client_order_ids": batches.cancel_several,
        "cancel_orders_for_symbols": batches.cancel_several,
        "cancel_all_orders": batches.cancel_several,
    }
)

QUERIES = (
    "fetch_accounts",
    "fetch_balance",
    "fetch_bids_asks",
    "fetch_canceled_and_closed_orders",
    "fetch_canceled_orders",
    "fetch_closed_order",
    "fetch_closed_orders",
    "fetch_currencies",
    "fetch_deposits",
    "fetch_funding_history",
    "fetch_funding_rate",
    "fetch_funding_rate_history",
    "fetch_funding_rates",
    "fetch_l2_order_book",
    "fetch_last_prices",
    "fetch_ledger",
    "fetch_leverage",
    "fetch_liquidations",
    "fetch_mark_price",
    "fetch_mark_prices",
    "fetch_markets",
    "fetch_my_trades",
    "fetch_ohlcv",
    "fetch_open_interest",
    "fetch_open_order",
    "fetch_open_orders",
    "fetch_order",
    "fetch_order_book",
    "fetch_order_books",
    "fetch_order_status",
    "fetch_order_trades",
    "fetch_orders",
    "fetch_position",
    "fetch_positions",
    "fetch_status",
    "fetch_ticker",
    "fetch_tickers",
    "fetch_time",
    "fetch_trades",
    "fetch_trading_fee",
    "fetch_trading_fees",
    "fetch_withdrawals",
    "set_leverage",
    "set_margin_mode",
    "set_position_mode",
    "transfer",
    "withdraw",
)

STREAMS: Mapping[str, str] = MappingProxyType(
    {
        "watch_balance": "balance",
        "watch_bids_asks": "bids_asks",
        "watch_mark_price": "mark_price",
        "watch_my_trades": "my_trades",
        "watch_my_trades_for_symbols": "my_trades",
        "watch_ohlcv": "ohlcv",
        "watch_ohlcv_for_symbols": "ohlcv",
        "watch_order_book": "order_book",
        "watch_order_book_for_symbols": "order_book",
        "watch_orders": "orders",
        "watch_orders_for_symbols": "orders",
        "watch_position": "positions",
        "watch_positions": "positions",
        "watch_ticker": "ticker",
        "watch_tickers": "ticker",
        "watch_trades": "trades",
        "watch_trades_for_symbols": "trades",
    }
)

OPERATIONS: Mapping[str, Operation] = MappingProxyType(
    {name + suffix: operation for name, operation in ORDERS.items() for suffix in ("", "_ws")}
    | {name + suffix: operations.query for name in QUERIES for suffix in ("", "_ws")}
    | dict.fromkeys(STREAMS, operations.watch)
)
"""Each method that is watched."""
