"""The SDK's metric readers at the end of a process, and in a forked child.

The one place that looks into them: the SDK tells neither whether the last export came to its end, nor gives a
forked child locks and connections of its own. Where a later SDK names its parts differently, nothing is done.
"""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from opentelemetry.sdk.metrics import MeterProvider


_MAKE = "_otel_trading_make"


def replace_exporters(meters: MeterProvider, makers: Sequence[Callable[..., Any] | None]) -> None:
    """Have the readers of ``meters``, in their order, export by what ``makers`` make; None leaves one as it is.

    A maker is given the preferences that the reader was made with, and is called again by each forked child.
    """
    for reader, make in zip(_readers(meters), makers, strict=True):
        exporter = getattr(reader, "_exporter", None)
        if make is not None and exporter is not None:
            preferences = {
                name: preferred
                for name in ("preferred_temporality", "preferred_aggregation")
                if (preferred := getattr(exporter, f"_{name}", None)) is not None
            }
            remade = partial(make, **preferences)
            reader._exporter = remade()  # noqa: SLF001 - see above
            setattr(reader, _MAKE, remade)


def end(meters: MeterProvider, seconds: float) -> bool:
    """Have the last values exported within ``seconds``; tell whether all were."""
    threads = [thread for reader in _readers(meters) if (thread := getattr(reader, "_daemon_thread", None)) is not None]
    try:
        meters.shutdown(timeout_millis=max(seconds, 0) * 1000)
    except Exception:  # noqa: BLE001 - the SDK raises a bare one for readers that had no time left
        return False
    return not any(thread.is_alive() for thread in threads)


def renew(meters: MeterProvider) -> None:
    """Give a forked child readers of its own: no lock or connection that its parent's export may hold, and no counts.

    What the parent has counted is the parent's to tell: told by the child too, it would be counted twice.
    """
    _forget_counts(getattr(meters, "_measurement_consumer", None))
    for reader in _readers(meters):
        if hasattr(reader, "_export_lock"):
            reader._export_lock = threading.Lock()  # noqa: SLF001 - see above
        exporter = getattr(reader, "_exporter", None)
        if exporter is not None:
            reader._exporter = getattr(reader, _MAKE, type(exporter))()  # noqa: SLF001 - see above


def _forget_counts(consumer: Any) -> None:
    storages = getattr(consumer, "_reader_storages", None)
    if not storages or not hasattr(consumer, "_lock"):
        return
    consumer._lock = threading.Lock()  # noqa: SLF001 - see above
    consumer._reader_storages = {  # noqa: SLF001 - see above
        reader: type(storage)(
            storage._sdk_config,  # noqa: SLF001 - see above
            storage._instrument_class_temporality,  # noqa: SLF001 - see above
            storage._instrument_class_aggregation,  # noqa: SLF001 - see above
        )
        for reader, storage in storages.items()
    }


def _readers(meters: MeterProvider) -> Iterator[Any]:
    yield from getattr(meters, "_metric_readers", ())
