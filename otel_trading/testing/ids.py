"""Ids that count up, so that a story reads the same in every run."""

from __future__ import annotations

import itertools

from opentelemetry.sdk.trace.id_generator import IdGenerator


class CountingIds(IdGenerator):
    """Gives traces and spans the ids 1, 2, 3 …, each kind for itself, in the order in which they begin."""

    def __init__(self) -> None:
        self._traces = itertools.count(1)
        self._spans = itertools.count(1)

    def generate_trace_id(self) -> int:
        """Return the next trace id."""
        return next(self._traces)

    def generate_span_id(self) -> int:
        """Return the next span id."""
        return next(self._spans)
