"""What is asked for in TraceQL and LogQL. Ids come from users and venues: they are quoted, never trusted."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from otel_trading.semconv import attributes
from otel_trading.stores.flat import EVENT_NAME, SERVICE_NAME, TRACE_ID, flat
from otel_trading.telemetry.store.keys import KEY_ATTRIBUTES, whole_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_SPECIAL = re.compile(r"[\\.+*?()|\[\]{}^$]")
_LARGEST = (1 << 63) - 1
_WHOLE = re.compile(r"0|[1-9][0-9]{0,18}")
_LONGEST = 1000
"""Bytes of a TraceQL query. Tempo (3.0.3) copies its scanner to look ahead, and where that reads on into the source the
original goes on behind it: of a longer query 1,024 bytes may be skipped."""

_LISTED = (attributes.TRADING_ORDER_RELATED_IDS,)
"""Attributes that are lists: Loki keeps them as JSON texts."""


def quoted(text: str) -> str:
    """Write a text as a string literal that Go's lexers read, which both languages have."""
    # JSON's escapes are a part of Go's but for halves of surrogate pairs, which whole_text() takes out.
    return json.dumps(whole_text(text), ensure_ascii=False)


def spans_named(keys: Collection[str], services: Collection[str] = ()) -> Iterator[str]:
    """Yield the TraceQL queries for spans, and events in spans, with one of some order ids."""
    within = f" && ({' || '.join(f'resource.service.name = {quoted(name)}' for name in services)})" if services else ""
    some: list[str] = []
    for comparison in _comparisons(keys):
        if some and len(_spans([*some, comparison], within).encode()) > _LONGEST:
            yield _spans(some, within)
            some = []
        some.append(comparison)
    if some:
        yield _spans(some, within)


def _spans(comparisons: list[str], within: str) -> str:
    return f"{{ ({' || '.join(comparisons)}){within} }}"


def _comparisons(keys: Collection[str]) -> Iterator[str]:
    for key in sorted(keys):
        for name in KEY_ATTRIBUTES:
            yield f"span.{name} = {quoted(key)}"
            yield f"event.{name} = {quoted(key)}"
            # Some write an id that is a number as a number, and TraceQL tells the two apart.
            if _WHOLE.fullmatch(key) and int(key) <= _LARGEST:
                yield f"span.{name} = {key}"


def logs(services: Collection[str] = ()) -> str:
    """Return the LogQL query for all records."""
    # Loki takes no selector that could be empty; what has no service gets a name by Loki.
    return f"{{{SERVICE_NAME}=~{_any_of(services) if services else quoted('.+')}}}"


def logs_named(keys: Collection[str], traces: Collection[str], services: Collection[str] = ()) -> str:
    """Return the LogQL query for records with one of some order ids, or in one of some traces."""
    wanted = sorted(keys)
    inside = quoted(f"(?s).*(?:{'|'.join(_escaped(quoted(key)) for key in wanted)}).*")
    filters = [
        f"{flat(name)}=~{inside if name in _LISTED else _any_of(wanted)}" for name in (KEY_ATTRIBUTES if wanted else ())
    ]
    if traces:
        filters.append(f"{TRACE_ID}=~{_any_of(sorted(traces))}")
    return f"{logs(services)} | {' or '.join(filters)}"


def events(names: Collection[str], services: Collection[str] = ()) -> str:
    """Return the LogQL query for events of some names."""
    return f"{logs(services)} | {EVENT_NAME}=~{_any_of(sorted(names))}"


def _any_of(texts: Collection[str]) -> str:
    return quoted("|".join(map(_escaped, texts)))


def _escaped(text: str) -> str:
    """Write a text as a regular expression of Go's that matches it alone."""
    return _SPECIAL.sub(r"\\\g<0>", whole_text(text))
