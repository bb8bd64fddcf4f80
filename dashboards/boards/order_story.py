"""The story of one order: any of its ids in one box, and everything that any store has of it."""

from __future__ import annotations

from typing import Final

from grafana_foundation_sdk.models import common

from dashboards import behind, links
from dashboards.board import Board, Section
from dashboards.boards.latest_orders import latest_orders
from dashboards.kit import column, log_panel, one_trace, organized, spans_panel, stat_panel, table_panel
from dashboards.names import EVENT, TRACE, label, of_span
from dashboards.queries import Query, is_, is_not, lines, log_series, logs, spans
from dashboards.variables import BOTS, ENVIRONMENTS, box
from otel_trading.semconv import attributes, events

_IDS: Final = (
    attributes.TRADING_ORDER_CLIENT_ID,
    attributes.TRADING_ORDER_ID,
    attributes.TRADING_ORDER_ORIGINAL_CLIENT_ID,
    attributes.TRADING_EXECUTION_ID,
)
_LISTS: Final = attributes.TRADING_ORDER_RELATED_IDS
_ID: Final = "${id:doublequote}"
"""The text of the box as a string literal. It is compared only with what is there: an empty box finds nothing."""
_UNASKED: Final = "No order asked for: write an id into the box above, or choose an order below"


def _lines(*filters: str, also: str = "") -> str:
    """Lines with the id, or of the trace with that id."""
    same = [f'({label(each)}!="" and {label(each)}={_ID})' for each in (*_IDS, TRACE)]
    within = f'({label(_LISTS)}!="" and {label(_LISTS)}=~`(?s).+"${{id:regex}}".*`)'
    return lines(" or ".join(filter(None, (*same, within, also))), *filters)


_AT: Final = "label_format at=`{{ __timestamp__ | unixEpochMillis }}`"
_WHAT: Final = f'label_format what=`{{{{ .{EVENT} | trimPrefix "trading." | trimPrefix "order." }}}}`'
_EVENTS: Final = is_not(EVENT, "")
_PAID: Final = is_(EVENT, events.TRADING_ORDER_FILLED, events.TRADING_ORDER_FEE)
_EACH: Final = f"min by (what) (min_over_time({_lines(_EVENTS, _AT, _WHAT, 'unwrap at')} [$__range]))"


def _filled(what: str) -> str:
    return f"sum(sum_over_time({_lines(is_(EVENT, events.TRADING_ORDER_FILLED), *what.split(' | '))} [$__range]))"


_QUANTITY: Final = f"unwrap {label(attributes.TRADING_EXECUTION_QUANTITY)}"
_VALUE: Final = (
    f"label_format value=`{{{{ mulf .{label(attributes.TRADING_EXECUTION_PRICE)} "
    f".{label(attributes.TRADING_EXECUTION_QUANTITY)} }}}}` | unwrap value"
)
_FEE: Final = label(attributes.TRADING_EXECUTION_FEE_AMOUNT)
_FEE_CURRENCY: Final = label(attributes.TRADING_EXECUTION_FEE_CURRENCY)
_STATUS: Final = label(attributes.TRADING_ORDER_STATUS)
_TOLD_AT: Final = f"max_over_time({_lines(_EVENTS, is_not(_STATUS, ''), _AT, 'unwrap at')} [$__range])"
_SPAN_IDS: Final = " || ".join([f"{of_span(each)} = {_ID}" for each in (*_IDS, _LISTS)] + [f"trace:id = {_ID}"])
_SPANS: Final = (
    f"{{ {_SPAN_IDS} }} && {{ }} | select({of_span(attributes.TRADING_VENUE)}, "
    f"{of_span(attributes.TRADING_ORDER_STATUS)}, {of_span(attributes.TRADING_ORDER_REJECTION_CATEGORY)}, name)"
)

_SUMMARY: Final = (
    stat_panel(
        "State",
        "The state in which the order was last reported.",
        "pending_new without an answer means unconfirmed: ask the venue before sending it again.",
        Query(
            "loki",
            f"topk(1, max by ({_STATUS}) ({_TOLD_AT}))",
            f"{{{{{_STATUS}}}}}",
            (attributes.TRADING_ORDER_STATUS,),
            once=True,
        ),
        unit="none",
        text_mode=common.BigValueTextMode.NAME,
        no_data=_UNASKED,
        width=6,
        lines=behind.ORDER_LINES,
    ),
    stat_panel(
        "Executed",
        "The quantity of all its executions.",
        "compare with the quantity in the first event below; what is missing is open, or was canceled.",
        Query("loki", _filled(_QUANTITY), "quantity", once=True),
        unit="none",
        width=6,
        no_data="Nothing",
        links=(links.board("otel-trading-execution", "Execution"),),
    ),
    stat_panel(
        "Average price",
        "The price of its executions, weighed by quantity.",
        "compare with the arrival price in its first event; the difference is what waiting and size have cost.",
        Query("loki", f"{_filled(_VALUE)} / {_filled(_QUANTITY)}", "price", once=True),
        unit="locale",
        width=6,
        no_data="Nothing",
        links=(links.board("otel-trading-execution", "Execution"),),
    ),
    stat_panel(
        "Fees",
        "What its executions have cost, in the currency in which it was paid.",
        "more than expected: see in the events whether it was taker where maker was meant.",
        Query(
            "loki",
            f"sum by ({_FEE_CURRENCY}) (sum_over_time({_lines(_PAID, is_not(_FEE, ''), f'unwrap {_FEE}')} [$__range]))",
            f"{{{{{_FEE_CURRENCY}}}}}",
            (attributes.TRADING_EXECUTION_FEE_CURRENCY,),
            once=True,
        ),
        unit="none",
        text_mode=common.BigValueTextMode.VALUE_AND_NAME,
        width=6,
        no_data="None known",
        links=(links.board("otel-trading-execution", "Execution"),),
    ),
)

_TOLD: Final = (
    table_panel(
        "When it happened",
        "When each event of the order first happened: its submission, its acknowledgement, its first fill, its end.",
        "a gap that is longer than usual: the trace below shows where the time went.",
        log_series(f"sort({_EACH})").now(),
        unit="none",
        sort="At",
        descending=False,
        transformations=(organized(order=("what", "Value #A")),),
        overrides=(column("what", "Event"), column("Value #A", "At", "time:HH:mm:ss.SSS")),
        width=6,
        height=10,
        no_data=_UNASKED,
        links=(links.board("otel-trading-execution", "Execution"),),
    ),
    log_panel(
        "What happened",
        "The order's events in the order of time: decision, checks, submission, the venue's answer, fills, its end.",
        "look for the first line that is not as it should be; open it for all that is known of that moment.",
        logs(_lines(_EVENTS)),
        newest_first=False,
        width=10,
        height=10,
        no_data=_UNASKED,
    ),
    log_panel(
        "What the bots said",
        "Log lines of any bot that name the order, and those of the trace that is shown below.",
        "read them beside the events: what did the bot know, and when.",
        logs(_lines(f'{EVENT}=""', also=f'({TRACE}!="" and {TRACE}=${{trace:doublequote}})')),
        newest_first=False,
        width=8,
        height=10,
        no_data="No line of the log names this order",
    ),
)

_TRACED: Final = (
    spans_panel(
        "Its spans",
        "All spans of the traces in which the order is named: requests, updates, fills, what the bot did around them.",
        "the longest span says where the time went. Click a trace to see it below.",
        spans(_SPANS, limit=20, within=100),
        unit="none",
        height=10,
        sort="Start time",
        descending=False,
        transformations=(organized(hidden=("spanID", "traceName")),),
        overrides=(
            column("traceService", "Bot", links=[links.trace_below()]),
            column("name", "Span"),
            column("duration", "Duration", "ns", custom__cellOptions={"type": "gauge", "mode": "basic"}),
            column(attributes.TRADING_VENUE, "Venue"),
            column(attributes.TRADING_ORDER_STATUS, "State"),
            column(attributes.TRADING_ORDER_REJECTION_CATEGORY, "Refused as"),
        ),
        no_data=_UNASKED,
    ),
    one_trace(
        "The trace",
        "One trace of the order as bars over time: what waited for what.",
        "open a span for its attributes and its log lines.",
        Query("tempo", "${trace}", empty="a trace is chosen by a click"),
        no_data="Click a trace in the table above",
    ),
)

BOARD: Final = Board(
    name="order-story",
    title="Order story",
    says="Everything about one order: write its client id, the venue's id, an execution's or a trace's into the box.",
    order=2,
    since="now-6h",
    refresh="",
    own=(
        box("id", "Any id", "A client id, a venue's id, an id of an execution, or a trace id"),
        box("trace", "Trace", "The trace that is shown below; a click on a trace sets it", "{ false }", hidden=True),
    ),
    shared=(ENVIRONMENTS, BOTS),
    sections=(
        Section("", _SUMMARY),
        Section("The story", _TOLD),
        Section("Where the time went", _TRACED),
        Section("Find an order", (latest_orders(),)),
    ),
)
