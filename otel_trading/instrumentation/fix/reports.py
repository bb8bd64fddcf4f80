"""What a venue says of a bot's orders by FIX: ExecutionReport (8) of FIX 4.0 to 5.0 SP2, as our terms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from otel_trading.instrumentation.fix import reasons, tags, terms
from otel_trading.instrumentation.fix.requests import order_id
from otel_trading.orders.state import Execution
from otel_trading.orders.updates import OrderUpdate
from otel_trading.semconv.attributes import TradingOrderStatusValues as Status

if TYPE_CHECKING:
    from otel_trading.instrumentation.fix.message import Message

# ExecType (150): F since FIX 4.3, 1 and 2 in 4.1 and 4.2; 4.0 has none, and its OrdStatus (39) says as much.
_TRADES = frozenset({"F", "1", "2"})
_REPLACED, _CANCELED, _PENDING_CANCEL, _PENDING_REPLACE, _REJECTED = "5", "4", "6", "E", "8"
_ORDER_STATUS, _CORRECTED, _BUSTED, _RESTATED = "I", "G", "H", "D"
# ExecTransType (20), FIX 4.0 to 4.2.
_TRANS_NEW, _TRANS_CANCEL, _TRANS_CORRECT = "0", "1", "2"
_LEG = "2"  # MultiLegReportingType (442): one leg; a report of the whole comes besides
_PER_UNIT, _PERCENT, _ABSOLUTE = "1", "2", "3"  # CommType (13)
_YES = "Y"


def execution_type(message: Message) -> str:
    """Return the ExecType (150), or in FIX 4.0, which has none, the OrdStatus (39)."""
    return message[tags.EXEC_TYPE] or message[tags.ORD_STATUS]


def is_flagged(message: Message) -> bool:
    """Tell whether the sender says that the message may be a repetition."""
    return _YES in (message[tags.POSS_DUP_FLAG], message[tags.POSS_RESEND])


def is_replaced(message: Message) -> bool:
    """Tell whether a report accepts a change of the order."""
    return execution_type(message) == _REPLACED


def is_rejected(message: Message) -> bool:
    """Tell whether a report refuses the order."""
    return _REJECTED in (execution_type(message), message[tags.ORD_STATUS]) and not _is_told_again(message)


def is_restated(message: Message) -> bool:
    """Tell whether the venue changed the order on its own account."""
    return message[tags.EXEC_TYPE] == _RESTATED


def is_pending(message: Message) -> bool:
    """Tell whether a report merely says that a request was received."""
    return message[tags.ORD_STATUS] in ("A", _PENDING_CANCEL, _PENDING_REPLACE)


def update(message: Message, venue: str) -> OrderUpdate:
    """Return what a report says of its order.

    A trade that is taken back or corrected (ExecType G and H; ExecTransType 1 and 2 before FIX 4.3) adds nothing: what
    was recorded as filled stays recorded. A leg of a multileg order is not the order.
    """
    if message[tags.MULTI_LEG_REPORTING_TYPE] == _LEG or _is_correction(message):
        return _named(message, venue)
    cumulative = message.number(tags.CUM_QTY)
    execution = trade(message)
    return _named(message, venue)._replace(
        status=status(message),
        quantity=message.number(tags.ORDER_QTY),
        price=message.number(tags.PRICE) or None,
        cumulative_quantity=cumulative,
        average_price=(message.number(tags.AVG_PX) or None) if cumulative else None,
        executions=(execution,) if execution is not None else (),
        transact_time=message.time(tags.TRANSACT_TIME),
        reason=message[tags.TEXT],
        category=reasons.of_order(message),
    )


def _named(message: Message, venue: str) -> OrderUpdate:
    """Return the update that only names its order.

    The report of a cancel carries the cancel's own ClOrdID (11), and the order's as OrigClOrdID (41).
    """
    about_another = execution_type(message) in (_CANCELED, _PENDING_CANCEL, _PENDING_REPLACE)
    named = message[tags.ORIG_CL_ORD_ID] if about_another else ""
    return OrderUpdate(
        venue=venue,
        symbol=message[tags.SYMBOL],
        id=order_id(message),
        client_id=named or message[tags.CL_ORD_ID],
        side=terms.SIDES.get(message[tags.SIDE], ""),
        type=terms.order_type(message[tags.ORD_TYPE]),
        instrument_type=terms.instrument_type(message[tags.SECURITY_TYPE]),
    )


def status(message: Message) -> Status | None:
    """Return the order's status after the report; None where it says nothing of it."""
    found = terms.STATUSES.get(message[tags.ORD_STATUS])
    if found is Status.REPLACED and is_replaced(message):  # FIX 4.2: the order works on, as it was changed
        return Status.PARTIALLY_FILLED if message.number(tags.CUM_QTY) else Status.NEW
    return found


def trade(message: Message) -> Execution | None:
    """Return the execution that a report tells of; None where it tells of none, or again of one told before."""
    quantity = message.number(tags.LAST_QTY)
    if not quantity or execution_type(message) not in _TRADES or _is_told_again(message):
        return None
    price = message.number(tags.LAST_PX)
    fee, currency = _fee(message, quantity, price)
    return Execution(
        quantity,
        price,
        message[tags.EXEC_ID],
        terms.LIQUIDITIES.get(message[tags.LAST_LIQUIDITY_IND], ""),
        fee,
        currency,
        message.time(tags.TRANSACT_TIME),
    )


def _is_told_again(message: Message) -> bool:
    """Tell whether a report answers a question about the order's state, rather than telling what happened to it."""
    return message[tags.EXEC_TYPE] == _ORDER_STATUS or message[tags.EXEC_TRANS_TYPE] not in ("", _TRANS_NEW)


def _is_correction(message: Message) -> bool:
    trans_type = message[tags.EXEC_TRANS_TYPE]
    return message[tags.EXEC_TYPE] in (_CORRECTED, _BUSTED) or trans_type in (_TRANS_CANCEL, _TRANS_CORRECT)


def _fee(message: Message, quantity: float, price: float | None) -> tuple[float | None, str]:
    """Return the fee of a trade and its currency: MiscFeeAmt (137) of each fee, else Commission (12).

    A commission is given absolutely, per unit, or as a part of the value (CommType, 13).
    """
    fees = [float(value) for tag, value in message.pairs if tag == tags.MISC_FEE_AMT]
    if fees:
        return sum(fees), message[tags.MISC_FEE_CURR] or message[tags.CURRENCY]
    commission = message.number(tags.COMMISSION)
    if commission is None:
        return None, ""
    factors = {_PER_UNIT: quantity, _PERCENT: None if price is None else quantity * price, _ABSOLUTE: 1.0, "": 1.0}
    factor = factors.get(message[tags.COMM_TYPE])
    if factor is None:
        return None, ""
    return commission * factor, message[tags.COMM_CURRENCY] or message[tags.CURRENCY]
