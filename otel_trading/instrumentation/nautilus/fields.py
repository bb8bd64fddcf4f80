"""How NautilusTrader names things: pure functions from its events, orders and instruments to ours.

Nothing of NautilusTrader is imported: its enums are read by the names of their members, its identifiers by ``value``.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from otel_trading.orders.state import Execution
from otel_trading.semconv.attributes import TradingInstrumentTypeValues as InstrumentType
from otel_trading.semconv.attributes import TradingOrderTypeValues as OrderType

_TYPES = {
    "MARKET": OrderType.MARKET,
    "LIMIT": OrderType.LIMIT,
    "STOP_MARKET": OrderType.STOP,
    "STOP_LIMIT": OrderType.STOP_LIMIT,
    "TRAILING_STOP_MARKET": OrderType.TRAILING_STOP,
    "TRAILING_STOP_LIMIT": OrderType.TRAILING_STOP,
    # "If touched": the trigger lies where the price has moved favourably.
    "MARKET_IF_TOUCHED": OrderType.TAKE_PROFIT,
    "LIMIT_IF_TOUCHED": OrderType.TAKE_PROFIT_LIMIT,
}
_CLASSES = {
    "SPOT": InstrumentType.SPOT,
    "SWAP": InstrumentType.SWAP,
    "FUTURE": InstrumentType.FUTURE,
    "FUTURES_SPREAD": InstrumentType.FUTURE,
    "OPTION": InstrumentType.OPTION,
    "OPTION_SPREAD": InstrumentType.OPTION,
    "WARRANT": InstrumentType.OPTION,
}


class Place(NamedTuple):
    """Where an order goes: the venue in lower case, and the symbol as the library spells it (no venue behind it)."""

    venue: str
    symbol: str


def text(value: Any) -> str:
    """Return the text of an identifier (``value``), of a string, or nothing for None."""
    return "" if value is None else str(getattr(value, "value", value))


def number(value: Any) -> float | None:
    """Return a Quantity, Price, Money, Decimal or string as a float; None where there is none."""
    return None if value is None else float(value)


def word(value: Any) -> str:
    """Return the name of an enum's member, in upper case."""
    return str(getattr(value, "name", value)).upper()


def place(instrument_id: Any) -> Place:
    """Return venue and symbol of an InstrumentId: ``BTCUSDT-PERP.BINANCE`` is ``BTCUSDT-PERP`` on ``binance``."""
    return Place(text(instrument_id.venue).lower(), text(instrument_id.symbol))


def order_type(value: Any) -> str:
    """Return the order's type; NautilusTrader's types without a like are ``other``."""
    return _TYPES.get(word(value), OrderType.OTHER).value


def time_in_force(event: Any) -> str:
    """Return TimeInForce (59) of an OrderInitialized; a post-only GTC order is ``gtx``, as crypto venues call it."""
    found = word(event.time_in_force).lower()
    return "gtx" if event.post_only and found == "gtc" else found


def instrument_type(instrument: Any) -> str:
    """Return the kind of an instrument; nothing where the cache does not have it."""
    if instrument is None:
        return ""
    kind = word(instrument.instrument_class)
    if kind == "SPOT" and word(instrument.asset_class) == "EQUITY":
        return InstrumentType.EQUITY.value
    return _CLASSES.get(kind, InstrumentType.OTHER).value


def asked_for(event: Any, instrument: Any) -> dict[str, Any]:
    """Return what an OrderInitialized asks for, as the arguments of :class:`otel_trading.orders.order.Order`.

    A quantity in units of the quote currency is left out: executions are counted in those of the base.
    """
    options = event.options or {}
    venue, symbol = place(event.instrument_id)
    return {
        "venue": venue,
        "symbol": symbol,
        "side": word(event.side).lower(),
        "type": order_type(event.order_type),
        "quantity": None if event.quote_quantity else number(event.quantity),
        "price": number(options.get("price")),
        "stop_price": number(options.get("trigger_price")),
        "time_in_force": time_in_force(event),
        "instrument_type": instrument_type(instrument),
        "client_id": text(event.client_order_id),
        "strategy": text(event.strategy_id),
        "price_precision": getattr(instrument, "price_precision", None),
        "quantity_precision": getattr(instrument, "size_precision", None),
    }


def execution(event: Any) -> Execution:
    """Return the execution that an OrderFilled tells of; its time is the venue's, or the simulation's."""
    liquidity = word(event.liquidity_side).lower()
    commission = event.commission
    return Execution(
        quantity=float(event.last_qty),
        price=number(event.last_px),
        id=text(event.trade_id),
        liquidity=liquidity if liquidity in ("maker", "taker") else "",
        fee_amount=number(commission),
        fee_currency="" if commission is None else str(commission.currency),
        transact_time=event.ts_event,
    )


def mid(quote: Any) -> float | None:
    """Return the middle of a QuoteTick."""
    return None if quote is None else (float(quote.bid_price) + float(quote.ask_price)) / 2
