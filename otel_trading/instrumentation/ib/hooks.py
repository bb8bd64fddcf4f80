"""Which methods of ib_async and ib_insync are watched, and by which operation: one table for both.

Of a request and its ``Async`` twin only the latter is watched, which both go through. Messages are watched where the
library takes them, on its ``Wrapper``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from otel_trading.instrumentation.ib import connections, hearing, observed
from otel_trading.instrumentation.ib.hearing import heard
from otel_trading.instrumentation.ib.placing import IbFields, cancel, place
from otel_trading.instrumentation.ib.queries import query, started
from otel_trading.instrumentation.toolkit.batches import cancel_several
from otel_trading.instrumentation.toolkit.connections import outliving
from otel_trading.instrumentation.toolkit.hooks import after, before, on

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from otel_trading.instrumentation.toolkit.hooks import Hook, Operation

QUERIES = (
    "accountSummaryAsync",
    "calculateImpliedVolatilityAsync",
    "calculateOptionPriceAsync",
    "getWshEventDataAsync",
    "getWshMetaDataAsync",
    "qualifyContractsAsync",
    "reqAccountSummaryAsync",
    "reqAccountUpdatesAsync",
    "reqAccountUpdatesMultiAsync",
    "reqAllOpenOrdersAsync",
    "reqCompletedOrdersAsync",
    "reqContractDetailsAsync",
    "reqCurrentTimeAsync",
    "reqExecutionsAsync",
    "reqFundamentalDataAsync",
    "reqHeadTimeStampAsync",
    "reqHistogramDataAsync",
    "reqHistoricalDataAsync",
    "reqHistoricalNewsAsync",
    "reqHistoricalScheduleAsync",
    "reqHistoricalTicksAsync",
    "reqMarketRuleAsync",
    "reqMatchingSymbolsAsync",
    "reqMktDepthExchangesAsync",
    "reqNewsArticleAsync",
    "reqNewsProvidersAsync",
    "reqOpenOrdersAsync",
    "reqPositionsAsync",
    "reqScannerDataAsync",
    "reqScannerParametersAsync",
    "reqSecDefOptParamsAsync",
    "reqSmartComponentsAsync",
    "reqTickersAsync",
    "reqUserInfoAsync",
    "requestFAAsync",
    "whatIfOrderAsync",
)

_ORDERS: Mapping[str, Operation] = {"placeOrder": place, "cancelOrder": cancel, "reqGlobalCancel": cancel_several}
_MESSAGES: Mapping[str, Operation] = {
    "orderStatus": heard(hearing.order_status),
    "openOrder": heard(hearing.open_order),
    "execDetails": heard(hearing.execution),
    "commissionReport": heard(hearing.commission),
    "error": heard(hearing.error),
    "position": after(observed.position),
    "updatePortfolio": before(observed.portfolio),
    "pnl": after(observed.pnl),
    "pnlSingle": after(observed.pnl_single),
    "realtimeBar": before(observed.bar),
    "historicalDataUpdate": before(observed.bar),
    "tcpDataProcessed": before(observed.handled),
    "startReq": before(started),
    "connectionClosed": before(connections.lost),
}


def hooks_of(package: str) -> Sequence[Hook]:
    """Return the hooks of one of the two libraries."""
    fields = IbFields(package)
    asked = dict.fromkeys(("connectAsync", *QUERIES), query)
    market = {"reqMktData": after(observed.subscribed), "disconnect": before(connections.closed)}
    return (
        *on(f"{package}.ib:IB", fields, {**_ORDERS, **asked, **market}),
        *on(f"{package}.wrapper:Wrapper", fields, _MESSAGES),
        *on(f"{package}.connection:Connection", fields, {"connectAsync": outliving}),
    )
