"""Lines of OTLP/JSON as pieces of a request: how many records they hold, how they are joined, how they are split.

The text of a line is sent as it was stored. It is parsed to count its records; it is written anew only when a
receiver has refused it, to find the record that is at fault.
"""

from __future__ import annotations

import functools
import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from otel_trading.telemetry.store.layout import Signal

_METRIC_KINDS = ("gauge", "sum", "histogram", "exponentialHistogram", "summary")


class _Names(NamedTuple):
    outer: str
    middle: str
    inner: str


_NAMES: dict[Signal, _Names] = {
    "traces": _Names("resourceSpans", "scopeSpans", "spans"),
    "logs": _Names("resourceLogs", "scopeLogs", "logRecords"),
    "metrics": _Names("resourceMetrics", "scopeMetrics", "metrics"),
}

RECORDS: dict[Signal, str] = {"traces": "spans", "logs": "log records", "metrics": "data points"}
"""What is counted of each signal."""


class Piece(NamedTuple):
    """Elements of a request's outer array, as text without its brackets, and how many records they hold."""

    body: bytes
    records: int


class NoDocumentError(Exception):
    """A line is no OTLP/JSON of its signal."""


def piece_of(line: bytes, signal: Signal) -> Piece:
    """Return a stored line as a piece; one that holds nothing has no records. Raises NoDocumentError."""
    try:
        parsed = json.loads(line)
    except (ValueError, RecursionError):
        raise NoDocumentError from None
    name = _NAMES[signal].outer
    groups = _get(parsed, name) if isinstance(parsed, dict) else None
    if not isinstance(groups, list):
        raise NoDocumentError
    records = _count(groups, signal)
    if not records and groups:
        _check_empty(groups, signal)
    start = b'{"%b":[' % name.encode()
    plain = len(parsed) == 1 and line.startswith(start) and line.endswith(b"]}")
    if plain and line.count(b'"%b"' % name.encode()) == 1:
        return Piece(line[len(start) : -2], records)
    return Piece(_text(groups)[1:-1], records)


def request(pieces: Iterable[Piece], signal: Signal) -> bytes:
    """Return the body of an OTLP/HTTP request."""
    return b'{"%b":[%b]}' % (
        _NAMES[signal].outer.encode(),
        b",".join(piece.body for piece in pieces if piece.body),
    )


def singles(piece: Piece, signal: Signal) -> list[Piece]:
    """Return a piece as one piece a record, each with what describes its resource and scope."""
    groups = json.loads(b"[%b]" % piece.body)
    return [Piece(_text([atom])[1:-1], 1) for atom in _atoms(groups, signal)]


def _check_empty(groups: list[Any], signal: Signal) -> None:
    """Tell groups without records, which are fine, from what is no OTLP at all."""
    if not all(
        isinstance(group, dict) and (not group or _get(group, _NAMES[signal].middle) is not None) for group in groups
    ):
        raise NoDocumentError


def _count(groups: list[Any], signal: Signal) -> int:
    """Return the number of records, as _atoms yields them, without making anything of them."""
    names = _NAMES[signal]
    found = [
        record
        for group in _objects(groups)
        for scope in _objects(_get(group, names.middle))
        for record in _objects(_get(scope, names.inner))
    ]
    if signal != "metrics":
        return len(found)
    return sum(
        len(_objects(_get(data, "dataPoints")))
        for metric in found
        for data in _objects([_get(metric, kind) for kind in _METRIC_KINDS])
    )


def _objects(held: Any) -> list[dict[str, Any]]:
    return [each for each in held if isinstance(each, dict)] if isinstance(held, list) else []


def _atoms(groups: list[Any], signal: Signal) -> Iterator[dict[str, Any]]:
    """Yield each record as a group of its own."""
    names = _NAMES[signal]
    for group in _objects(groups):
        for scope in _objects(_get(group, names.middle)):
            for record in _objects(_get(scope, names.inner)):
                for single in _points(record) if signal == "metrics" else (record,):
                    alone = _without(scope, names.inner) | {names.inner: [single]}
                    yield _without(group, names.middle) | {names.middle: [alone]}


def _points(metric: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a metric with one data point each."""
    for kind in _METRIC_KINDS:
        for data in _objects([_get(metric, kind)]):
            for point in _objects(_get(data, "dataPoints")):
                yield _without(metric, kind) | {kind: _without(data, "dataPoints") | {"dataPoints": [point]}}


def _without(owner: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in owner.items() if key not in {name, _snake(name)}}


def _get(owner: dict[str, Any], name: str) -> Any:
    """Return a field by its name in OTLP/JSON, or by Protobuf's own, which receivers take as well."""
    return owner[name] if name in owner else owner.get(_snake(name))


@functools.cache
def _snake(name: str) -> str:
    return re.sub(r"[A-Z]", lambda match: "_" + match[0].lower(), name)


def _text(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
