"""What no library call shows: decisions, risk checks, P&L, positions, exposure, market data, the kill switch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from opentelemetry import trace
from opentelemetry._logs import SeverityNumber

from otel_trading.orders import emit, instruments, market
from otel_trading.orders.contain import contains
from otel_trading.orders.context import current_order, current_strategy, is_simulated
from otel_trading.orders.values import as_float, as_text
from otel_trading.semconv import attributes, events, metrics
from otel_trading.semconv.attributes import TradingRiskCheckResultValues as Result

if TYPE_CHECKING:
    from otel_trading.semconv.instrument import Instrument


@contains
def decision(signal: str, value: float | None = None, *, arrival_price: float | None = None) -> None:
    """Record why an order is sent: the name of the signal, its value, and the mid price it was decided at.

    Inside ``with order(...)`` it stands in that order's story, and ``arrival_price`` becomes the price that its
    slippage is measured against.
    """
    this, strength, arrival = current_order(), as_float(value), as_float(arrival_price)
    if this is not None and arrival is not None:
        this.arrival_price = arrival
    emit.event(
        events.TRADING_DECISION,
        f"decision {signal}" + (f" {strength:.12g}" if strength is not None else ""),
        _who()
        | {
            attributes.TRADING_DECISION_SIGNAL: as_text(signal),
            attributes.TRADING_DECISION_VALUE: strength,
            attributes.TRADING_ORDER_ARRIVAL_PRICE: arrival,
        },
    )


@contains
def risk_check(name: str, *, passed: bool, value: float | None = None, limit: float | None = None) -> None:
    """Record a risk check: what was checked (a bounded name), against which limit, and whether it passed."""
    result = (Result.PASSED if passed else Result.BREACHED).value
    told = {
        attributes.TRADING_RISK_CHECK_NAME: as_text(name),
        attributes.TRADING_RISK_CHECK_RESULT: result,
    }
    found, most = as_float(value), as_float(limit)
    figures = f" {found:.12g} of {most:.12g}" if found is not None and most is not None else ""
    emit.event(
        events.TRADING_RISK_CHECK,
        f"risk check {name}{figures} {result}",
        _who() | told | {attributes.TRADING_RISK_CHECK_VALUE: found, attributes.TRADING_RISK_CHECK_LIMIT: most},
        SeverityNumber.INFO if passed else SeverityNumber.ERROR,
    )
    if not passed:
        _stamp(attributes.TRADING_RISK_CHECK_RESULT, result)
    instruments.add(metrics.TRADING_RISK_CHECKS, 1, _given({attributes.TRADING_STRATEGY_ID: _strategy()} | told))


@contains
def pnl(
    *,
    realized: float | None = None,
    unrealized: float | None = None,
    currency: str,
    venue: str = "",
    symbol: str = "",
    drawdown_utilization: float | None = None,
) -> None:
    """Take the profit and loss as it stands, in ``currency``; and how much of the drawdown limit is used (0..1)."""
    of = _money(
        {
            attributes.TRADING_STRATEGY_ID: _strategy(),
            attributes.TRADING_CURRENCY: currency,
            attributes.TRADING_VENUE: venue,
            attributes.TRADING_SYMBOL: instruments.bounded_symbol(symbol) if symbol else "",
        }
    )
    _gauge(metrics.TRADING_PNL_REALIZED, realized, of)
    _gauge(metrics.TRADING_PNL_UNREALIZED, unrealized, of)
    _gauge(
        metrics.TRADING_DRAWDOWN_UTILIZATION,
        drawdown_utilization,
        _money({attributes.TRADING_STRATEGY_ID: _strategy()}),
    )


@contains
def position(symbol: str, quantity: float, *, venue: str = "") -> None:
    """Take the position in ``symbol``: units of the instrument, negative when short."""
    _gauge(
        metrics.TRADING_POSITION_QUANTITY,
        quantity,
        _money(
            {
                attributes.TRADING_SYMBOL: instruments.bounded_symbol(symbol),
                attributes.TRADING_VENUE: venue,
                attributes.TRADING_STRATEGY_ID: _strategy(),
            }
        ),
    )


@contains
def exposure(
    *,
    gross: float | None = None,
    net: float | None = None,
    currency: str,
    leverage: float | None = None,
    var: float | None = None,
    venue: str = "",
) -> None:
    """Take the exposure as it stands, in ``currency``; the leverage as a ratio; the value at risk, in ``currency``."""
    of = {attributes.TRADING_STRATEGY_ID: _strategy(), attributes.TRADING_VENUE: venue}
    money = {attributes.TRADING_CURRENCY: currency}
    _gauge(metrics.TRADING_EXPOSURE_GROSS, gross, _money(of | money))
    _gauge(metrics.TRADING_EXPOSURE_NET, net, _money(of | money))
    _gauge(metrics.TRADING_LEVERAGE, leverage, _money(of))
    _gauge(metrics.TRADING_VAR, var, _money({attributes.TRADING_STRATEGY_ID: _strategy()} | money))


@contains
def market_data(
    symbol: str,
    *,
    venue: str = "",
    stream: str = "custom",
    bid: float | None = None,
    ask: float | None = None,
    sent_at: float | None = None,
) -> None:
    """Take note of market data that just arrived; ``sent_at`` is the venue's time in seconds since the epoch."""
    best_bid, best_ask = as_float(bid), as_float(ask)
    mid = (best_bid + best_ask) / 2 if best_bid is not None and best_ask is not None else None
    market.received(as_text(venue), as_text(symbol), as_text(stream), mid=mid, sent_at=as_float(sent_at))


@contains
def kill_switch(*, active: bool, reason: str = "") -> None:
    """Record that trading was stopped by hand or by rule (``active``), or released again."""
    of = _given({attributes.TRADING_STRATEGY_ID: _strategy()})
    instruments.set_gauge(metrics.TRADING_KILL_SWITCH_STATE, int(bool(active)), of)
    if active:
        instruments.add(metrics.TRADING_KILL_SWITCH_ACTIVATIONS, 1, of)
    _stamp(attributes.TRADING_KILL_SWITCH_ACTIVE, bool(active))
    emit.event(
        events.TRADING_KILL_SWITCH_CHANGED,
        f"kill switch {'active' if active else 'released'}" + (f": {reason}" if reason else ""),
        _who()
        | {
            attributes.TRADING_KILL_SWITCH_ACTIVE: bool(active),
            attributes.TRADING_KILL_SWITCH_REASON: as_text(reason),
        },
        SeverityNumber.ERROR if active else SeverityNumber.WARN,
    )


def _strategy() -> str:
    this = current_order()
    return (this.strategy if this is not None else "") or current_strategy()


def _stamp(key: str, value: str | bool) -> None:
    """Put it on the current span too: who samples traces sees spans only, and keeps those with trouble."""
    span = trace.get_current_span()
    if span.is_recording():
        span.set_attribute(key, value)


def _who() -> dict[str, Any]:
    this = current_order()
    return emit.identity(this) if this is not None else {attributes.TRADING_STRATEGY_ID: _strategy()}


def _given(found: dict[str, str]) -> dict[str, str]:
    return {key: as_text(value) for key, value in found.items() if value}


def _money(found: dict[str, str]) -> dict[str, Any]:
    """Return the dimensions of what is held or earned, marked where it is play money."""
    return _given(found) | ({attributes.TRADING_SIMULATED: True} if is_simulated() else {})


def _gauge(definition: Instrument, value: float | None, of: dict[str, Any]) -> None:
    known = as_float(value)
    if known is not None:
        instruments.set_gauge(definition, known, of)
