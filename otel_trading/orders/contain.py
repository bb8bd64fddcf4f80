"""The first promise: a fault of ours never reaches the bot. It is counted, logged once, and swallowed."""

from __future__ import annotations

import functools
import logging
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE

from otel_trading.orders import instruments
from otel_trading.semconv import metrics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

P = ParamSpec("P")
T = TypeVar("T")

_logger = logging.getLogger("otel_trading")
_told: set[tuple[str, str, int]] = set()


def report(error: Exception) -> None:
    """Count ``error``, and log it with its stack the first time it comes from its place in the code."""
    with suppress(Exception):  # a meter provider, or a filter of the bot's logging, may itself be at fault
        _report(error)


def _report(error: Exception) -> None:
    kind = type(error).__qualname__
    instruments.add(metrics.TRADING_TELEMETRY_ERRORS, 1, {ERROR_TYPE: kind})
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = (kind, trace.tb_frame.f_code.co_filename, trace.tb_lineno) if trace else (kind, "", 0)
    if place not in _told:
        _told.add(place)
        _logger.warning(
            "telemetry of this kind is incomplete from here on, the bot is unharmed: %s", kind, exc_info=error
        )


@contextmanager
def contained() -> Iterator[None]:
    """Run a block of ours whose errors the bot must not see."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - whatever goes wrong here is ours alone
        report(error)


def contains(function: Callable[P, T]) -> Callable[P, T | None]:
    """Make ``function`` return None where it would raise."""

    @functools.wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> T | None:
        try:
            return function(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 - whatever goes wrong here is ours alone
            report(error)
            return None

    return wrapper


def reset() -> None:
    """Forget which faults were told of, so that each is told again."""
    _told.clear()
