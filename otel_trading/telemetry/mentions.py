"""Log lines that name an order join its story.

In an unchanged bot most lines about an order are written outside the library's call, where nothing says which
order they are about but the id in their text. Matched off the order's thread, exactly, never by guess: a
token of the text counts only where it could hardly be anything else, and an id that two orders have joins none.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from otel_trading.orders.registry import registry
from otel_trading.semconv import attributes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from otel_trading.orders.order import Order
    from otel_trading.telemetry.records import Attributes, LogRecord, Value

_TOKEN = re.compile(r"[0-9A-Za-z](?:[\w.:\-]*\w)?")
_LONG = 8
_MIXED = 5

_ID_KEY = re.compile(r"(?i)(?:^(?:id|oid|cloid|ref|order)|(?:order|(?:^|cl|[._-])ord|client)[._-]?(?:id|ref|number))$")
"""Under such a key a value is an order's id as it stands, however short: no bid, no grid, no trade_id."""

_NO_IDS = frozenset({"thread.name", "code.file.path", "code.function.name", "exception.stacktrace"})


def join(log: LogRecord) -> LogRecord:
    """Return ``log`` with the ids, and where it has none the trace, of the orders that it names."""
    given = log.attributes
    known = attributes.TRADING_ORDER_CLIENT_ID in given or attributes.TRADING_ORDER_ID in given
    if known or log.event_name or not len(registry):
        return log
    named = _orders(log)
    if not named:
        return log
    if len(named) > 1:
        ids: Attributes = {attributes.TRADING_ORDER_RELATED_IDS: [order.client_id or order.id for order in named]}
        return log._replace(attributes=given | ids)
    return _belonging(log, named[0])


def _belonging(log: LogRecord, order: Order) -> LogRecord:
    identity: Attributes = {
        attributes.TRADING_ORDER_CLIENT_ID: order.client_id,
        attributes.TRADING_ORDER_ID: order.id,
        attributes.TRADING_VENUE: order.venue,
        attributes.TRADING_SYMBOL: order.symbol,
        attributes.TRADING_STRATEGY_ID: order.strategy,
    }
    known: Attributes = {key: item for key, item in identity.items() if item}
    joined = log._replace(attributes=known | log.attributes)
    home = order.span_context
    if log.trace_id or home is None:
        return joined
    return joined._replace(
        trace_id=format(home.trace_id, "032x"), span_id=format(home.span_id, "016x"), flags=home.trace_flags
    )


def _orders(log: LogRecord) -> list[Order]:
    found: dict[Order, None] = {}
    for token in _tokens(log):
        order = registry.find(token)
        if order is not None:
            found[order] = None
    return list(found)


def _tokens(log: LogRecord) -> Iterator[str]:
    yield from _known(log.body, "")
    for key, item in log.attributes.items():
        if key not in _NO_IDS:
            yield from _known(item, key)


def _known(item: Value, key: str) -> Iterator[str]:
    if isinstance(item, dict):
        for inner_key, inner in item.items():
            yield from _known(inner, str(inner_key))
    elif isinstance(item, (list, tuple)):
        for inner in item:
            yield from _known(inner, key)
    elif isinstance(item, (str, int)) and not isinstance(item, bool):
        text = str(item)
        if text in registry and _ID_KEY.search(key):
            yield text
        else:
            yield from (token for token in _parts(text) if token in registry)


def _parts(text: str) -> Iterator[str]:
    for match in _TOKEN.finditer(text):
        token = match.group()
        if _is_distinct(token):
            yield token
        if ":" in token:
            yield from filter(_is_distinct, token.split(":"))


def _is_distinct(token: str) -> bool:
    """Tell whether ``token`` could hardly be a quantity, a price or a word."""
    if len(token) >= _LONG:
        return any(map(str.isdigit, token))
    return len(token) >= _MIXED and any(map(str.isdigit, token)) and any(map(str.isalpha, token))
