"""What TWS tells besides orders: quotes, positions, profit and loss, the time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from otel_trading.instrumentation.ib.book import book_of
from otel_trading.instrumentation.ib.fields import VENUE, instrument_type_of, mid_of, number, symbol_of
from otel_trading.instrumentation.ib.refusals import settle
from otel_trading.instrumentation.toolkit import clocks
from otel_trading.instrumentation.toolkit.values import text
from otel_trading.orders import market, measures

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from otel_trading.instrumentation.toolkit.wrapping import Call, Outcome

_TICKER, _BARS, _DEPTH = "ticker", "bars", "order_book"
_RESET = 317
_SNAPSHOT = "snapshot"
_ALL_ACCOUNTS = "All"
_SECOND = 1.0


def handled(call: Call) -> None:
    """Take what a packet from TWS brought, before the bot's handlers are told of the tickers that changed."""
    wrapper = call.target
    book = book_of(wrapper.ib)
    if book.inactive:
        settle(book)
    for ticker in wrapper.pendingTickers:
        symbol, kind = symbol_of(ticker.contract), instrument_type_of(ticker.contract)
        middle = mid_of(ticker)
        if _is_followed(wrapper, ticker) and ticker not in book.snapshots:
            market.received(VENUE, symbol, _TICKER, mid=middle, instrument_type=kind)
        elif middle is not None:
            market.quoted(VENUE, symbol, middle, instrument_type=kind)


def _is_followed(wrapper: Any, ticker: Any) -> bool:
    """Tell whether a ticker is subscribed to; one of a snapshot will not change again, and its age is no news."""
    return any(ticker in tickers for kind, tickers in wrapper.ticker2ReqId.items() if kind != _SNAPSHOT)


def subscribed(call: Call, outcome: Outcome) -> None:
    """Take note of a ticker that ``reqMktData`` asked for once only."""
    once = call.get("snapshot", False) or call.get("regulatorySnapshot", False)
    if outcome.error is None and once:
        book_of(call.target).snapshots.add(outcome.result)
    elif outcome.error is None:
        book_of(call.target).snapshots.discard(outcome.result)


def bar(call: Call) -> None:
    """Take a bar of a subscription to bars."""
    bars = call.target.reqId2Subscriber.get(call.get("reqId"))
    contract = getattr(bars, "contract", None)
    if contract is not None:
        market.received(VENUE, symbol_of(contract), _BARS)


def depth_lost(wrapper: Any, request: int, code: int) -> None:
    """Take note that an order book was emptied, to be told anew: what it was is lost."""
    ticker = wrapper.reqId2Ticker.get(request)
    if code == _RESET and ticker is not None:
        market.gap(VENUE, symbol_of(ticker.contract), _DEPTH)


def position(call: Call, _: Outcome) -> None:
    """Take a position: what all accounts of the user hold of a contract."""
    contract = call.get("contract")
    held = [mine.get(contract.conId) for mine in call.target.positions.values()]
    measures.position(symbol_of(contract), sum(each.position for each in held if each is not None), venue=VENUE)


def portfolio(call: Call) -> None:
    """Take a position as the account's own updates tell it; of one account of several they tell only its own."""
    held = number(call.get("posSize"))
    if held is not None and len(call.target.accounts) <= 1:
        measures.position(symbol_of(call.get("contract")), held, venue=VENUE)


def pnl(call: Call, _: Outcome) -> None:
    """Take the day's profit and loss: of all accounts that are subscribed to in the currency of the one told of."""
    wrapper = call.target
    mine = wrapper.reqId2PnL.get(call.get("reqId"))
    if mine is not None and not mine.modelCode:
        currency = _currency(wrapper, mine.account)
        whole = [each for each in wrapper.reqId2PnL.values() if each.account == _ALL_ACCOUNTS and not each.modelCode]
        accounts = whole or list(_of_currency(wrapper, currency))
        measures.pnl(
            realized=_total(each.realizedPnL for each in accounts),
            unrealized=_total(each.unrealizedPnL for each in accounts),
            currency=currency,
            venue=VENUE,
        )


def pnl_single(call: Call, _: Outcome) -> None:
    """Take the day's profit and loss of one contract, in all accounts that it is subscribed to for."""
    wrapper = call.target
    mine = wrapper.reqId2PnlSingle.get(call.get("reqId"))
    contract = None if mine is None else _contract(wrapper, mine.conId)
    if contract is not None:
        same = [each for each in wrapper.reqId2PnlSingle.values() if each.conId == mine.conId and not each.modelCode]
        measures.pnl(
            realized=_total(each.realizedPnL for each in same),
            unrealized=_total(each.unrealizedPnL for each in same),
            currency="",  # TWS does not say which
            venue=VENUE,
            symbol=symbol_of(contract),
        )


def _of_currency(wrapper: Any, currency: str) -> Iterator[Any]:
    for each in wrapper.reqId2PnL.values():
        if not each.modelCode and _currency(wrapper, each.account) == currency:
            yield each


def _currency(wrapper: Any, account: str) -> str:
    """Return the currency that an account is kept in: that of its liquidation value."""
    for value in (*wrapper.accountValues.values(), *wrapper.acctSummary.values()):
        if value.account == account and value.tag == "NetLiquidation" and value.currency not in ("", "BASE"):
            return text(value.currency)
    return ""


def _contract(wrapper: Any, con_id: int) -> Any:
    for held in (*wrapper.positions.values(), *wrapper.portfolio.values()):
        if con_id in held:
            return held[con_id].contract
    return None


def _total(figures: Iterable[Any]) -> float | None:
    found = [figure for figure in map(number, figures) if figure is not None]
    return sum(found) if found else None


def clock(began: float, theirs: datetime) -> None:
    """Take TWS's time, which comes in whole seconds.

    It was read between ``began`` and now, and lies anywhere within its second: the least offset that fits is told,
    which is 0 for clocks that agree as far as can be seen.
    """
    least, most = theirs.timestamp() - time.time(), theirs.timestamp() + _SECOND - began
    clocks.offset(VENUE, least if least > 0 else min(most, 0.0))
