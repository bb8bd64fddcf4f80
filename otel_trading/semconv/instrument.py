"""What an instrument is made from. The one file of this package that is written by hand."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

Kind: TypeAlias = Literal["counter", "updowncounter", "histogram", "gauge", "observable_gauge"]
"""The instruments of the OpenTelemetry metrics API that the conventions use."""


class Instrument(NamedTuple):
    """A metric of the conventions: all that is needed to create and to feed its instrument.

    ``unit`` is in UCUM. ``attributes`` are the names a measurement may carry. ``buckets`` are the boundaries
    of a histogram, given where the SDK's own, made for milliseconds, would put every value into one bucket.
    """

    name: str
    kind: Kind
    unit: str
    description: str
    attributes: tuple[str, ...] = ()
    buckets: tuple[float, ...] | None = None
