"""The identifiers by which a span or a log is found: its trace, and the orders it names."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING

from otel_trading.semconv import attributes
from otel_trading.telemetry.records import SpanRecord

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from otel_trading.telemetry.records import Attributes, LogRecord

KEY_ATTRIBUTES = (
    attributes.TRADING_ORDER_CLIENT_ID,  # ClOrdID 11
    attributes.TRADING_ORDER_ID,  # OrderID 37
    attributes.TRADING_ORDER_ORIGINAL_CLIENT_ID,  # OrigClOrdID 41
    attributes.TRADING_ORDER_RELATED_IDS,
)

_TRACE_ID = re.compile(r"[0-9a-fA-F]{32}")
# Nothing in it that one writer would escape in JSON and another would not.
_PLAIN = re.compile(r"[ !#-.0-\[\]-~]+")


def keys_of(record: SpanRecord | LogRecord) -> set[str]:
    """Return the identifiers of a record: trace id, order ids, and those in the events of a span."""
    found = set(_ids(record.attributes))
    if isinstance(record, SpanRecord):
        for event in record.events:
            found.update(_ids(event.attributes))
    if record.trace_id:
        found.add(record.trace_id)
    return found


def record_time(record: SpanRecord | LogRecord) -> int:
    """Return the time by which a record is ordered, in nanoseconds: a span's start, a log's time."""
    return record.start_ns if isinstance(record, SpanRecord) else record.time_ns or record.observed_ns


def _ids(named: Attributes) -> Iterator[str]:
    for name in KEY_ATTRIBUTES:
        value = named.get(name)
        for each in value if isinstance(value, (list, tuple)) else (value,):
            # Some write an id that is a number as a number.
            if isinstance(each, (str, int)) and not isinstance(each, bool) and each != "":
                yield whole_text(str(each))


def wanted_keys(keys: Collection[str]) -> frozenset[str]:
    """Return what to search for when a user gave these: as they are stored, without empty ones."""
    found = {whole_text(key) for key in keys if key}
    return frozenset(found | {key.lower() for key in found if _TRACE_ID.fullmatch(key)})


def needles(keys: Collection[str]) -> list[bytes] | None:
    """Return byte strings one of which stands in every line that names one of the keys.

    None where that cannot be said, because a key may be escaped in more than one way.
    """
    found = []
    for key in keys:
        if not _PLAIN.fullmatch(key):
            return None
        # An id of digits may have been written as a number, without quotes.
        found.append(key.encode() if key.isdigit() else json.dumps(key).encode())
        if _TRACE_ID.fullmatch(key):
            found.append(json.dumps(key.upper()).encode())
    return found


def key_hash(key: str) -> int:
    """Return the 64 bits that stand for a key in an index, the same in every process."""
    return int.from_bytes(hashlib.blake2b(key.encode("utf-8", "replace"), digest_size=8).digest(), "little")


def whole_text(text: str) -> str:
    """Return a text that can be written as UTF-8: half a surrogate pair becomes U+FFFD."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
