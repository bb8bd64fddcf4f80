"""A recorder of made-up telemetry: what a bot would have left behind, with times in milliseconds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from otel_trading.semconv import attributes as names
from otel_trading.semconv import events
from otel_trading.telemetry.records import Attributes, LogRecord, SpanRecord

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

NOON = 1_795_435_394_502_118_000
"""2026-11-23 12:03:14.502118 UTC."""

MS = 10**6
TRACE = "5bebf93fb7592ce6d2745713433a1432"
ERROR = 2

_NAMES = {
    "venue": names.TRADING_VENUE,
    "symbol": names.TRADING_SYMBOL,
    "strategy": names.TRADING_STRATEGY_ID,
    "client_id": names.TRADING_ORDER_CLIENT_ID,
    "id": names.TRADING_ORDER_ID,
    "original": names.TRADING_ORDER_ORIGINAL_CLIENT_ID,
    "related": names.TRADING_ORDER_RELATED_IDS,
    "side": names.TRADING_ORDER_SIDE,
    "type": names.TRADING_ORDER_TYPE,
    "tif": names.TRADING_ORDER_TIME_IN_FORCE,
    "quantity": names.TRADING_ORDER_QUANTITY,
    "price": names.TRADING_ORDER_PRICE,
    "status": names.TRADING_ORDER_STATUS,
    "previous": names.TRADING_ORDER_PREVIOUS_STATUS,
    "cumulative": names.TRADING_ORDER_CUMULATIVE_QUANTITY,
    "arrival": names.TRADING_ORDER_ARRIVAL_PRICE,
    "category": names.TRADING_ORDER_REJECTION_CATEGORY,
    "reason": names.TRADING_ORDER_REJECTION_REASON,
    "transact_time": names.TRADING_ORDER_TRANSACT_TIME,
    "price_places": names.TRADING_INSTRUMENT_PRICE_PRECISION,
    "quantity_places": names.TRADING_INSTRUMENT_QUANTITY_PRECISION,
    "execution": names.TRADING_EXECUTION_ID,
    "filled": names.TRADING_EXECUTION_QUANTITY,
    "fill_price": names.TRADING_EXECUTION_PRICE,
    "liquidity": names.TRADING_EXECUTION_LIQUIDITY,
    "fee": names.TRADING_EXECUTION_FEE_AMOUNT,
    "fee_currency": names.TRADING_EXECUTION_FEE_CURRENCY,
    "inferred": names.TRADING_EXECUTION_INFERRED,
    "signal": names.TRADING_DECISION_SIGNAL,
    "value": names.TRADING_DECISION_VALUE,
    "check": names.TRADING_RISK_CHECK_NAME,
    "result": names.TRADING_RISK_CHECK_RESULT,
    "checked": names.TRADING_RISK_CHECK_VALUE,
    "limit": names.TRADING_RISK_CHECK_LIMIT,
    "operation": names.TRADING_OPERATION,
    "error": "error.type",
    "exception": "exception.type",
    "message": "exception.message",
    "stacktrace": "exception.stacktrace",
}
"""Short names of attributes, for tests that read like a story."""


class StoredSpan(NamedTuple):
    record: SpanRecord
    resource: Attributes


class StoredLog(NamedTuple):
    record: LogRecord
    resource: Attributes


class Kept(NamedTuple):
    body: str
    event_name: str
    trace: str
    span: str
    severity_number: int
    severity_text: str
    scope: str


class Found(NamedTuple):
    spans: list[StoredSpan]
    logs: list[StoredLog]


def named(given: dict[str, Any]) -> Attributes:
    """Return attributes by their full names."""
    return {_NAMES[key]: value for key, value in given.items()}


@dataclass
class Tape:
    """Records in memory, and a source of them. ``ask`` counts how often each set of ids was looked up."""

    service: str = "grid-bot"
    spans_kept: list[StoredSpan] = field(default_factory=list)
    logs_kept: list[StoredLog] = field(default_factory=list)
    asked: list[frozenset[str]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def span(
        self,
        name: str,
        at: float,
        took: float,
        *,
        span: str,
        parent: str = "",
        trace: str = TRACE,
        kind: int = 3,
        failed: bool = False,
        http: tuple[str, str, int] | None = None,
        **given: Any,
    ) -> None:
        """Record a span: ``at`` and ``took`` in milliseconds, ``http`` as method, URL and status."""
        attributes = named(given)
        if http is not None:
            attributes |= {"http.request.method": http[0], "url.full": http[1]}
            attributes |= {"http.response.status_code": http[2]} if http[2] else {}
        start = NOON + round(at * MS)
        record = SpanRecord(
            trace_id=trace,
            span_id=span,
            parent_span_id=parent,
            name=name,
            kind=kind,
            start_ns=start,
            end_ns=start + round(took * MS),
            attributes=attributes,
            events=(),
            links=(),
            status_code=ERROR if failed else 0,
            status_message="",
            flags=1,
            scope="otel_trading",
        )
        self.spans_kept.append(StoredSpan(record, {"service.name": self.service}))

    def event(self, name: str, at: float, *, span: str = "", trace: str = TRACE, body: str = "", **given: Any) -> None:
        """Record an event."""
        self._keep(at, Kept(body or name, name, trace, span, 9, "INFO", "otel_trading"), named(given))

    def log(
        self,
        body: str,
        at: float,
        *,
        level: str = "INFO",
        logger: str = "bot.orders",
        span: str = "",
        trace: str = TRACE,
        **given: Any,
    ) -> None:
        """Record a line of the bot's own logging."""
        number = {"DEBUG": 5, "INFO": 9, "WARNING": 13, "ERROR": 17}[level]
        self._keep(at, Kept(body, "", trace, span, number, level, logger), named(given))

    def _keep(self, at: float, kept: Kept, attributes: Attributes) -> None:
        time_ns = NOON + round(at * MS)
        record = LogRecord(
            time_ns=time_ns,
            observed_ns=time_ns,
            severity_number=kept.severity_number,
            severity_text=kept.severity_text,
            body=kept.body,
            event_name=kept.event_name,
            attributes=attributes,
            trace_id=kept.trace,
            span_id=kept.span if kept.trace else "",
            flags=1,
            scope=kept.scope,
        )
        self.logs_kept.append(StoredLog(record, {"service.name": self.service}))

    def order(
        self,
        at: float = 0,
        *,
        span: str = "a1",
        parent: str = "",
        trace: str = TRACE,
        client_id: str = "cl-1",
        id: str = "281",  # noqa: A002 - what every venue calls it
        answered: bool = True,
        **given: Any,
    ) -> None:
        """Record an order that was sent and, if ``answered``, acknowledged 48 ms later; without ids if empty."""
        about: dict[str, Any] = {"venue": "binance", "symbol": "BTC/USDT", "side": "buy", "type": "limit"}
        about |= {"tif": "gtc", "quantity": 0.5, "price": 60000.0, "arrival": 60001.5, "strategy": "grid-btc"}
        about |= {"price_places": 2, "quantity_places": 3}
        about |= given
        if client_id:
            about["client_id"] = client_id
        venue = about["venue"]
        self.event(events.TRADING_ORDER_SUBMITTED, at, span=span, trace=trace, **about)
        if not answered:
            return
        ids: dict[str, Any] = {key: about[key] for key in ("venue", "symbol", "client_id") if key in about}
        if id:
            ids["id"] = id
        self.event(events.TRADING_ORDER_ACKNOWLEDGED, at + 48, span=span, trace=trace, status="new", **ids)
        self.span(f"submit_order {venue}", at - 0.1, 48.3, span=span, parent=parent, trace=trace, **ids)
        url = "https://venue.example/api/v3/order?symbol=BTCUSDT"
        self.span("POST", at + 0.5, 46.1, span=f"{span}f", parent=span, trace=trace, http=("POST", url, 200))

    def update(
        self, name: str, at: float, *, submit: str = "a1", span: str = "", trace: str = TRACE, **given: Any
    ) -> None:
        """Record an event of an order inside an update span below the order's submission."""
        place = span or f"u{len(self.spans_kept)}"
        about: dict[str, Any] = {"venue": "binance", "symbol": "BTC/USDT"} | given
        ids = {key: about[key] for key in ("venue", "symbol", "client_id", "id") if key in about}
        self.span("order_update binance", at - 0.05, 0.2, span=place, parent=submit, trace=trace, kind=5, **ids)
        self.event(name, at, span=place, trace=trace, **about)

    # The protocol of a source.

    def find(self, keys: Collection[str]) -> Found:
        self.asked.append(frozenset(keys))
        wanted = set(keys)
        return Found(
            [each for each in self.spans() if _keys(each.record) & wanted],
            [each for each in self.logs() if _keys(each.record) & wanted],
        )

    def spans(
        self, *, since_ns: int | None = None, until_ns: int | None = None, newest_first: bool = False
    ) -> Iterator[StoredSpan]:
        ordered = sorted(self.spans_kept, key=lambda each: each.record.start_ns, reverse=newest_first)
        return (each for each in ordered if _within(each.record.start_ns, since_ns, until_ns))

    def logs(
        self, *, since_ns: int | None = None, until_ns: int | None = None, newest_first: bool = False
    ) -> Iterator[StoredLog]:
        ordered = sorted(self.logs_kept, key=lambda each: each.record.time_ns, reverse=newest_first)
        return (each for each in ordered if _within(each.record.time_ns, since_ns, until_ns))

    def follow(self, *, poll_seconds: float = 0.2) -> Iterator[StoredLog]:  # noqa: ARG002 - the protocol's
        return iter(())

    def services(self) -> list[str]:
        return [self.service]


def _keys(record: SpanRecord | LogRecord) -> set[str]:
    found = {record.trace_id}
    for name in (
        names.TRADING_ORDER_CLIENT_ID,
        names.TRADING_ORDER_ID,
        names.TRADING_ORDER_ORIGINAL_CLIENT_ID,
        names.TRADING_ORDER_RELATED_IDS,
    ):
        value = record.attributes.get(name)
        found.update(map(str, value if isinstance(value, list) else [value] if value is not None else []))
    return found - {""}


def _within(time_ns: int, since_ns: int | None, until_ns: int | None) -> bool:
    return (since_ns is None or time_ns >= since_ns) and (until_ns is None or time_ns < until_ns)
