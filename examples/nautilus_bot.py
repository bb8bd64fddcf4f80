"""A small NautilusTrader bot, as one finds them: it knows nothing of OpenTelemetry.

It buys at the market, offers what it bought a little dearer, takes the offer back and is done. Keys come from
BINANCE_API_KEY and BINANCE_API_SECRET; BINANCE_HTTP_URL and BINANCE_WS_URL turn it to another venue than Binance.
"""

import logging
import os
from typing import Any

from nautilus_trader.adapters.binance import (
    BINANCE,
    BinanceDataClientConfig,
    BinanceExecClientConfig,
    BinanceLiveDataClientFactory,
    BinanceLiveExecClientFactory,
)
from nautilus_trader.config import InstrumentProviderConfig, LoggingConfig, TradingNodeConfig
from nautilus_trader.live.node import TradingNode
from nautilus_trader.model.enums import OrderSide
from nautilus_trader.model.identifiers import InstrumentId, TraderId
from nautilus_trader.trading.strategy import Strategy

log = logging.getLogger("turn_bot")

BTC = InstrumentId.from_str("BTCUSDT.BINANCE")


class Turn(Strategy):  # type: ignore[misc] # untyped upstream
    """One turn: buy, offer, take back."""

    bought = False

    def on_start(self) -> None:
        """Begin with the first quote."""
        self.instrument = self.cache.instrument(BTC)
        self.subscribe_quote_ticks(BTC)

    def on_quote_tick(self, tick: Any) -> None:
        """Buy, once."""
        if not self.bought:
            self.bought = True
            log.info("buying at %s", tick.ask_price)
            self.submit_order(self.order_factory.market(BTC, OrderSide.BUY, self.instrument.make_qty(0.01)))

    def on_order_filled(self, fill: Any) -> None:
        """Offer what was bought."""
        log.info("%s: %s at %s", fill.client_order_id, fill.last_qty, fill.last_px)
        price = self.instrument.make_price(float(fill.last_px) * 1.01)
        self.submit_order(self.order_factory.limit(BTC, OrderSide.SELL, self.instrument.make_qty(0.01), price))

    def on_order_accepted(self, accepted: Any) -> None:
        """Take the offer back."""
        order = self.cache.order(accepted.client_order_id)
        if order.is_sell:
            log.info("%s: nobody wants it, taking it back", order.client_order_id)
            self.cancel_order(order)

    def on_order_canceled(self, _: Any) -> None:
        """Be done."""
        self.shutdown_system("done")


def main() -> None:
    """Trade until the strategy is done."""
    ways: dict[str, Any] = {
        "base_url_http": os.environ.get("BINANCE_HTTP_URL"),
        "base_url_ws": os.environ.get("BINANCE_WS_URL"),
        "instrument_provider": InstrumentProviderConfig(load_ids=frozenset([BTC])),
    }
    node = TradingNode(
        TradingNodeConfig(
            trader_id=TraderId("TURN-001"),
            logging=LoggingConfig(log_level="WARNING"),
            data_clients={BINANCE: BinanceDataClientConfig(**ways)},
            exec_clients={BINANCE: BinanceExecClientConfig(**ways)},
            timeout_post_stop=0.5,
        )
    )
    node.add_data_client_factory(BINANCE, BinanceLiveDataClientFactory)
    node.add_exec_client_factory(BINANCE, BinanceLiveExecClientFactory)
    node.trader.add_strategy(Turn())
    node.build()
    try:
        node.run()
    finally:
        node.dispose()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    main()
