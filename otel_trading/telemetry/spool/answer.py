"""What a stock OTLP exporter was answered: it tells its caller SUCCESS or FAILURE, and why only its own metrics.

So these are listened to; both exporters, of HTTP and of gRPC, hand them the error of each export. Where a later
version does not, every failure counts as a receiver that is away: then more is kept than need be, within bounds.
"""

from __future__ import annotations

from contextlib import contextmanager
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, NamedTuple

from opentelemetry.semconv.attributes.http_attributes import HTTP_RESPONSE_STATUS_CODE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# OTLP specification, "OTLP/HTTP Response", "Retryable Response Codes"
_HTTP = frozenset({429, 502, 503, 504})
# OTLP specification, "OTLP/gRPC Response", "Failures"
_GRPC = frozenset(
    {
        "CANCELLED",
        "DEADLINE_EXCEEDED",
        "RESOURCE_EXHAUSTED",
        "ABORTED",
        "OUT_OF_RANGE",
        "UNAVAILABLE",
        "DATA_LOSS",
    }
)
_TOO_LARGE = "larger than max"  # how every gRPC library words it, under RESOURCE_EXHAUSTED
_DOOR = frozenset({"HTTP 401", "HTTP 403", "HTTP 404", "UNAUTHENTICATED", "PERMISSION_DENIED", "UNIMPLEMENTED"})


class Verdict(Enum):
    """What became of a batch."""

    TAKEN = auto()
    AWAY = auto()
    """Nobody answers, or asks for patience: it may be sent later."""
    REFUSED = auto()
    """It will be refused again however often it is sent."""


class Answer(NamedTuple):
    """What became of a batch, and in a word or two why."""

    verdict: Verdict
    words: str = ""

    @property
    def is_of_all(self) -> bool:
        """Whether the refusal is of whoever sends, and says nothing about the batch."""
        return self.words in _DOOR


def is_otlp(exporter: object) -> bool:
    """Tell whether this is a stock OTLP exporter, or one made of it."""
    return any(each.__module__.startswith("opentelemetry.exporter.otlp.") for each in type(exporter).__mro__)


def ask(exporter: Any, items: Sequence[Any]) -> Answer:
    """Have ``exporter`` export ``items``; raises what it raises."""
    heard = _listening(exporter)
    heard.error = heard.attributes = None
    if exporter.export(items).name == "SUCCESS":
        return Answer(Verdict.TAKEN)
    return _judged(heard.error, heard.attributes or {})


def _judged(error: Any, attributes: Any) -> Answer:
    status = attributes.get(HTTP_RESPONSE_STATUS_CODE)
    if status is not None:
        return Answer(Verdict.AWAY if status in _HTTP else Verdict.REFUSED, f"HTTP {status}")
    code = error.code() if hasattr(error, "code") and callable(error.code) else None
    if code is not None:
        too_large = _TOO_LARGE in str(error.details())
        return Answer(Verdict.AWAY if code.name in _GRPC and not too_large else Verdict.REFUSED, code.name)
    if error is None:
        return Answer(Verdict.AWAY, "no answer")
    # A connection that cannot be made or is lost is an OSError; an address that is none is a ValueError too.
    away = isinstance(error, OSError) and not isinstance(error, ValueError)
    return Answer(Verdict.AWAY if away else Verdict.REFUSED, type(error).__name__)


class _Listener:
    """Stands where the exporter has its own metrics, and passes on what they are told."""

    def __init__(self, metrics: Any) -> None:
        self._metrics = metrics
        self.error: Any = None
        self.attributes: Any = None

    @contextmanager
    def export_operation(self, items: int) -> Iterator[Any]:
        with self._metrics.export_operation(items) as result:
            try:
                yield result
            finally:
                self.error, self.attributes = result.error, result.error_attrs


def _listening(exporter: Any) -> _Listener:
    metrics = getattr(exporter, "_metrics", None)
    if isinstance(metrics, _Listener):
        return metrics
    listener = _Listener(metrics)
    if hasattr(metrics, "export_operation"):
        exporter._metrics = listener  # noqa: SLF001 - see above
    return listener
