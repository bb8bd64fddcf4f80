"""Which functions of pybit are watched, and by which operation.

``pybit.unified_trading.HTTP`` inherits everything from classes of their own modules; each method is watched where it
is defined. ``_handle_network_error`` and its siblings are there from 5.12 on: before, rate limits are not seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from otel_trading.instrumentation.bybit import retries, streams, trading_socket, words
from otel_trading.instrumentation.bybit.observed import BybitFields
from otel_trading.instrumentation.toolkit import batches, limits, operations
from otel_trading.instrumentation.toolkit.hooks import before, on

if TYPE_CHECKING:
    from collections.abc import Mapping

    from otel_trading.instrumentation.toolkit.hooks import Hook
    from otel_trading.instrumentation.toolkit.wrapping import Call

FIELDS = BybitFields()

QUERIES: Mapping[str, tuple[str, ...]] = {
    "pybit._v5_market:MarketHTTP": (
        "get_adl_alert",
        "get_fee_group_info",
        "get_funding_rate_history",
        "get_historical_volatility",
        "get_index_price_components",
        "get_index_price_kline",
        "get_instruments_info",
        "get_insurance",
        "get_kline",
        "get_long_short_ratio",
        "get_mark_price_kline",
        "get_new_delivery_price",
        "get_open_interest",
        "get_option_delivery_price",
        "get_orderbook",
        "get_premium_index_price_kline",
        "get_price_limit",
        "get_public_trade_history",
        "get_risk_limit",
        "get_rpi_orderbook",
        "get_server_time",
        "get_tickers",
    ),
    "pybit._v5_trade:TradeHTTP": (
        "get_borrow_quota",
        "get_open_orders",
        "get_order_history",
        "pre_check_order",
        "set_dcp",
    ),
    "pybit._v5_position:PositionHTTP": (
        "add_or_reduce_margin",
        "confirm_new_risk_limit",
        "get_closed_options_positions",
        "get_closed_pnl",
        "get_executions",
        "get_move_position_history",
        "get_positions",
        "move_position",
        "set_auto_add_margin",
        "set_leverage",
        "set_risk_limit",
        "set_tp_sl_mode",
        "set_trading_stop",
        "switch_margin_mode",
        "switch_position_mode",
    ),
    "pybit._v5_account:AccountHTTP": (
        "borrow",
        "get_account_info",
        "get_account_instruments_info",
        "get_borrow_history",
        "get_coin_greeks",
        "get_collateral_info",
        "get_contract_transaction_log",
        "get_fee_rates",
        "get_mmp_state",
        "get_smp_group",
        "get_transaction_log",
        "get_transferable_amount",
        "get_user_setting_config",
        "get_wallet_balance",
        "query_dcp_info",
        "repay",
        "repay_liability",
        "reset_mmp",
        "set_collateral_coin",
        "set_hedging_mode",
        "set_margin_mode",
        "set_mmp",
    ),
    "pybit._v5_asset:AssetHTTP": (
        "cancel_withdrawal",
        "create_internal_transfer",
        "create_universal_transfer",
        "get_coin_balance",
        "get_coin_info",
        "get_coins_balance",
        "get_deposit_records",
        "get_internal_transfer_records",
        "get_spot_asset_info",
        "get_transferable_coin",
        "get_withdrawable_amount",
        "get_withdrawal_records",
        "withdraw",
    ),
    "pybit._v5_misc:MiscHTTP": ("get_announcement", "get_system_status"),
    "pybit._v5_user:UserHTTP": ("get_api_key_information",),
    "pybit._v5_spread:SpreadHTTP": (
        "spread_get_instruments_info",
        "spread_get_open_orders",
        "spread_get_order_history",
        "spread_get_orderbook",
        "spread_get_public_trade_history",
        "spread_get_tickers",
        "spread_get_trade_history",
    ),
}
"""What a trading bot asks for besides orders; what concerns loans, savings, sub-accounts and peers is left alone."""


def _answered(call: Call) -> None:
    response = call.get("response")
    limits.record(words.VENUE, response.url, response.headers)


HOOKS: tuple[Hook, ...] = (
    *on(
        "pybit._v5_trade:TradeHTTP",
        FIELDS,
        {
            "place_order": operations.submit,
            "amend_order": operations.amend,
            "cancel_order": operations.cancel,
            "cancel_all_orders": batches.cancel_several,
            "place_batch_order": batches.submit_batch,
            "amend_batch_order": batches.amend_batch,
            "cancel_batch_order": batches.cancel_several,
        },
    ),
    *on(
        "pybit._v5_spread:SpreadHTTP",
        FIELDS,
        {
            "spread_place_order": operations.submit,
            "spread_amend_order": operations.amend,
            "spread_cancel_order": operations.cancel,
            "spread_cancel_all_orders": batches.cancel_several,
        },
    ),
    *(hook for owner, names in QUERIES.items() for hook in on(owner, FIELDS, dict.fromkeys(names, operations.query))),
    *on(
        "pybit._http_manager:_V5HTTPManager",
        FIELDS,
        {
            "_check_status_code": before(_answered),
            "_handle_network_error": before(retries.unanswered),
            "_handle_json_error": before(retries.unanswered),
            "_handle_retryable_error": before(retries.refused),
        },
    ),
    *on("pybit.unified_trading:WebSocketTrading", FIELDS, trading_socket.ORDERS),
    *on(
        "pybit._websocket_trading:_V5TradeWebSocketManager",
        FIELDS,
        {"_set_callback": before(trading_socket.named), "_handle_incoming_message": trading_socket.answer},
    ),
    *on(
        "pybit._websocket_stream:_V5WebSocketManager",
        FIELDS,
        {
            "_process_normal_message": streams.stream_message,
            "_process_delta_orderbook": streams.order_book,
            "_process_delta_ticker": streams.ticker,
        },
    ),
    *on(
        "pybit._websocket_stream:_WebSocketManager",
        FIELDS,
        {
            "_on_open": before(streams.opened),
            "_on_error": before(streams.failed),
            "_on_pong": before(streams.alive),
            "exit": before(streams.closed),
        },
    ),
)
"""Every function that is watched."""
