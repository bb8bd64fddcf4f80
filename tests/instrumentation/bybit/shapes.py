"""What V5 sends, in the shapes of its documentation, with what no test looks at left out."""

from __future__ import annotations

from typing import Any

ORDER: dict[str, Any] = {
    "category": "linear",
    "symbol": "BTCUSDT",
    "orderId": "5cf98598-39a7-459e-97bf-76ca765ee020",
    "orderLinkId": "cl-1",
    "side": "Sell",
    "orderStatus": "New",
    "cancelType": "UNKNOWN",
    "rejectReason": "EC_NoError",
    "timeInForce": "GTC",
    "isLeverage": "",
    "price": "72500.5",
    "qty": "1.5",
    "avgPrice": "",
    "cumExecQty": "0",
    "cumExecFee": "0",
    "orderType": "Limit",
    "stopOrderType": "",
    "triggerPrice": "",
    "createdTime": "1672364262444",
    "updatedTime": "1672364262457",
}

EXECUTION: dict[str, Any] = {
    "category": "linear",
    "symbol": "BTCUSDT",
    "orderId": "5cf98598-39a7-459e-97bf-76ca765ee020",
    "orderLinkId": "cl-1",
    "side": "Sell",
    "orderPrice": "72500.5",
    "orderQty": "1.5",
    "orderType": "Limit",
    "stopOrderType": "UNKNOWN",
    "execFee": "0.3",
    "execId": "7e2ae69c-4edf-5800-a352-893d52b446aa",
    "execPrice": "72501",
    "execQty": "0.5",
    "execType": "Trade",
    "execTime": "1672364174443",
    "feeCurrency": "",
    "isMaker": False,
}

POSITION: dict[str, Any] = {
    "category": "linear",
    "symbol": "BTCUSDT",
    "positionIdx": 0,
    "side": "Sell",
    "size": "2.5",
    "unrealisedPnl": "-12.5",
    "curRealisedPnl": "1",
    "cumRealisedPnl": "40",
}
