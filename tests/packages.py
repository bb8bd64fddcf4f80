"""The packages that a bot imports of the trading libraries that have an instrumentor."""

PACKAGES = frozenset(
    {
        "alpaca",
        "binance",
        "ccxt",
        "freqtrade",
        "ib_async",
        "ib_insync",
        "nautilus_trader",
        "pybit",
        "quickfix",
        "simplefix",
    }
)
