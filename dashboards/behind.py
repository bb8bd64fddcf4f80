"""What lies behind the series of panels, as conditions in TraceQL and filters in LogQL: links lead there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dashboards.names import EVENT, label, of_span
from dashboards.queries import is_, is_not
from otel_trading.semconv import attributes, events, spans

if TYPE_CHECKING:
    from otel_trading.semconv.span_type import SpanType


def _named(*types: SpanType) -> str:
    return f'name =~ "({"|".join(each.name.partition(" ")[0] for each in types)}).*"'


SENT: Final = _named(spans.TRADING_ORDER_SUBMIT, spans.TRADING_ORDER_SUBMIT_BATCH)
CHANGED: Final = _named(spans.TRADING_ORDER_CANCEL, spans.TRADING_ORDER_CANCEL_ALL, spans.TRADING_ORDER_AMEND)
UPDATED: Final = _named(spans.TRADING_ORDER_UPDATE)
REFUSED: Final = f"{of_span(attributes.TRADING_ORDER_REJECTION_CATEGORY)} != nil"
EXECUTED: Final = f"{of_span(attributes.TRADING_EXECUTION_QUANTITY)} != nil"
BREACHED: Final = f'{of_span(attributes.TRADING_RISK_CHECK_RESULT)} = "breached"'

SENT_LINES: Final = is_(EVENT, events.TRADING_ORDER_SUBMITTED)
CHANGED_LINES: Final = is_(EVENT, events.TRADING_ORDER_CANCEL_REQUESTED, events.TRADING_ORDER_AMEND_REQUESTED)
REFUSALS: Final = (
    events.TRADING_ORDER_REJECTED,
    events.TRADING_ORDER_UNCONFIRMED,
    events.TRADING_ORDER_CANCEL_REJECTED,
    events.TRADING_ORDER_AMEND_REJECTED,
)
REFUSED_LINES: Final = is_(EVENT, *REFUSALS)
EXECUTED_LINES: Final = is_(EVENT, events.TRADING_ORDER_FILLED)
CHECK_LINES: Final = is_(EVENT, events.TRADING_RISK_CHECK)
BREACHED_LINES: Final = f"{CHECK_LINES} | {is_(attributes.TRADING_RISK_CHECK_RESULT, 'breached')}"
STOP_LINES: Final = is_(EVENT, events.TRADING_KILL_SWITCH_CHANGED)
ORDER_LINES: Final = is_not(label(attributes.TRADING_ORDER_CLIENT_ID), "")
