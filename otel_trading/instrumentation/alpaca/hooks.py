"""Which of alpaca-py's methods are watched, and by which operation.

alpaca-py has no asynchronous client. Its streams run in an event loop of their own thread or of the bot's.
"""

from __future__ import annotations

from itertools import chain

from otel_trading.instrumentation.alpaca import attempts, streams
from otel_trading.instrumentation.alpaca.calls import AlpacaFields
from otel_trading.instrumentation.toolkit.batches import cancel_several, submit_batch
from otel_trading.instrumentation.toolkit.hooks import Hook, after, before, on
from otel_trading.instrumentation.toolkit.messages import message
from otel_trading.instrumentation.toolkit.operations import amend, cancel, query, submit

_CALLS = AlpacaFields()
_ORDER_MESSAGES = streams.OrderMessages()
_MARKET_MESSAGES = streams.MarketMessages()

_TRADING = {
    "submit_order": submit,
    "replace_order_by_id": amend,
    "cancel_order_by_id": cancel,
    "cancel_orders": cancel_several,
    "close_position": submit,
    "close_all_positions": submit_batch,
}
_BROKER = {
    "submit_order_for_account": submit,
    "replace_order_for_account_by_id": amend,
    "cancel_order_for_account_by_id": cancel,
    "cancel_orders_for_account": cancel_several,
    "close_position_for_account": submit,
    "close_all_positions_for_account": submit_batch,
}
_TRADING_QUERIES = (
    "exercise_options_position",
    "get_account",
    "get_account_configurations",
    "get_all_assets",
    "get_all_positions",
    "get_asset",
    "get_calendar",
    "get_clock",
    "get_corporate_announcement_by_id",
    "get_corporate_announcements",
    "get_open_position",
    "get_option_contract",
    "get_option_contracts",
    "get_order_by_client_id",
    "get_order_by_id",
    "get_orders",
    "get_portfolio_history",
    "set_account_configurations",
)
_BROKER_QUERIES = (
    "get_all_accounts_positions",
    "get_all_positions_for_account",
    "get_asset",
    "get_clock",
    "get_open_position_for_account",
    "get_order_for_account_by_client_id",
    "get_order_for_account_by_id",
    "get_orders_for_account",
    "get_trade_account_by_id",
)
_DATA_QUERIES = {
    "corporate_actions:CorporateActionsClient": ("get_corporate_actions",),
    "crypto:CryptoHistoricalDataClient": (
        "get_crypto_bars",
        "get_crypto_latest_bar",
        "get_crypto_latest_orderbook",
        "get_crypto_latest_quote",
        "get_crypto_latest_trade",
        "get_crypto_quotes",
        "get_crypto_snapshot",
        "get_crypto_trades",
    ),
    "news:NewsClient": ("get_news",),
    "option:OptionHistoricalDataClient": (
        "get_option_bars",
        "get_option_chain",
        "get_option_latest_quote",
        "get_option_latest_trade",
        "get_option_snapshot",
        "get_option_trades",
    ),
    "screener:ScreenerClient": ("get_market_movers", "get_most_actives"),
    "stock:StockHistoricalDataClient": (
        "get_stock_bars",
        "get_stock_latest_bar",
        "get_stock_latest_quote",
        "get_stock_latest_trade",
        "get_stock_quotes",
        "get_stock_snapshot",
        "get_stock_trades",
    ),
}
_CONNECTION = {"_start_ws": after(streams.connected), "close": before(streams.disconnected)}

HOOKS: tuple[Hook, ...] = (
    *on("alpaca.trading.client:TradingClient", _CALLS, _TRADING | dict.fromkeys(_TRADING_QUERIES, query)),
    *on("alpaca.broker.client:BrokerClient", _CALLS, _BROKER | dict.fromkeys(_BROKER_QUERIES, query)),
    *chain.from_iterable(
        on(f"alpaca.data.historical.{client}", _CALLS, dict.fromkeys(names, query))
        for client, names in _DATA_QUERIES.items()
    ),
    Hook("alpaca.common.rest:RESTClient._one_request", attempts.watch, _CALLS),
    *on("alpaca.trading.stream:TradingStream", _ORDER_MESSAGES, _CONNECTION | {"_dispatch": message}),
    *on("alpaca.data.live.websocket:DataStream", _MARKET_MESSAGES, _CONNECTION | {"_dispatch": message}),
)
"""Each method that is watched."""
