"""An OTLP exporter with a spool: what the receiver does not take now waits on disk, and is sent when it does.

Live batches go on meanwhile: a receiver that is back gets them at once, and between them what waited.
"""

from __future__ import annotations

import logging
import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from otel_trading.orders import instruments
from otel_trading.orders.contain import report
from otel_trading.semconv import attributes, metrics
from otel_trading.semconv.attributes import TradingTelemetryDropReasonValues as Reason
from otel_trading.telemetry import drops
from otel_trading.telemetry.lane import Undelivered
from otel_trading.telemetry.spool.answer import Answer, Verdict, ask
from otel_trading.telemetry.spool.backlog import Backlog
from otel_trading.telemetry.spool.folder import SpoolLimits, held, spool_folder
from otel_trading.telemetry.spool.keeper import Keeper
from otel_trading.telemetry.spool.lines import Place, mark_sent
from otel_trading.telemetry.spool.sender import Sender
from otel_trading.telemetry.store.errors import explain
from otel_trading.telemetry.store.limits import StoreLimits

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from otel_trading.settings import Settings
    from otel_trading.telemetry.spool.batch import Batch, Kind

_TELL_SECONDS = 60.0
_SENDING_SHARE = 0.6
"""Of the time there is at the end of a process: the rest is for writing what was not sent."""

_logger = logging.getLogger("otel_trading")


class Spooled:
    """Takes batches of one lane to an exporter; each process has its own thread, connection and file."""

    def __init__(self, kind: Kind, exporter: Callable[[], Any], settings: Settings, name: str) -> None:
        self.name = name
        self._make: Callable[[], _Outlet] = lambda: _Outlet(kind, exporter, settings, name)
        self._outlet = self._make()
        self._process = os.getpid()
        self._deadline: float | None = None

    def deliver(self, batch: Batch) -> None:
        """Send ``batch``, or keep it on disk; raises :class:`Undelivered` where neither could be done."""
        self._mine().deliver(batch)

    def resume(self, service: str) -> None:
        """Send what an earlier process of ``service`` left."""
        self._mine().resume(service)

    def hurry(self, seconds: float) -> None:
        """Get ready for the end of the process: expect no answer later than in a part of ``seconds``."""
        self._deadline = time.monotonic() + seconds * _SENDING_SHARE
        if self._process == os.getpid():  # a forked child that had nothing to send needs no thread for its end
            self._outlet.sender.hurry(seconds * _SENDING_SHARE)

    def close(self) -> None:
        """Send no more. What waits is left to the next start, or to another process."""
        if self._process == os.getpid():
            self._outlet.close()

    def _mine(self) -> _Outlet:
        if self._process != os.getpid():
            self._outlet = self._make()
            self._process = os.getpid()
            if self._deadline is not None:
                self._outlet.sender.hurry(self._deadline - time.monotonic())
        return self._outlet


class _Outlet:
    """The spool of one signal in one process."""

    def __init__(self, kind: Kind, exporter: Callable[[], Any], settings: Settings, name: str) -> None:
        self._kind = kind
        self._exporter = exporter
        self._settings = settings
        self._name = name
        self._service: str | None = None
        limits = SpoolLimits(settings.spool_max_bytes, settings.spool_max_seconds)
        self._keeper = Keeper(settings.store, name, kind.signal, limits)
        self._backlog = Backlog(kind.signal)
        self._measured = 0
        self._trimmed_at = 0.0
        self._told_at: float | None = None
        self._sent_late = 0
        self.sender = Sender(name, self._send, self)

    def deliver(self, batch: Batch) -> None:
        if self._service is None:
            self.resume(batch.service)
        attempt = self.sender.offer(batch)
        answer = attempt.answer if attempt is not None else None
        if answer is not None and answer.verdict is Verdict.TAKEN:
            return
        if answer is not None and answer.verdict is Verdict.REFUSED:
            raise Undelivered(Reason.EXPORT_FAILED, _refusal(answer))
        place = self._keep(batch)
        self.sender.kept(attempt, lambda: _forget(place))
        self._tell(place, answer)

    def resume(self, service: str) -> None:
        self._service = service
        self.sender.look()

    def close(self) -> None:
        self._keeper.turn()
        self.sender.close()

    def try_oldest(self) -> Answer | None:
        """Send the oldest line on disk, and forget it unless it may be sent later."""
        if self._service is None:
            return None
        folder = spool_folder(self._settings.store, self._service, self._name)
        try:
            self._look_after(folder)
            line = self._backlog.oldest(folder)
            if line is None and self._keeper.turn():
                line = self._backlog.oldest(folder)
        except OSError as error:
            drops.count(self._kind.signal, Reason.STORE_UNWRITABLE, 0, self._remedy(error))
            return None
        if line is None or line.payload is None:
            self._all_sent()
            return None
        try:
            batch = self._kind.batch(line.payload)
        except ValueError:
            self._backlog.damaged()
            return Answer(Verdict.TAKEN)
        answer = self._send(batch)
        if answer.verdict is Verdict.TAKEN:
            self._sent_late += line.records
            self._backlog.done()
        elif answer.verdict is Verdict.REFUSED and not answer.is_of_all:
            drops.count(self._kind.signal, Reason.EXPORT_FAILED, line.records, _refusal(answer))
            self._backlog.done()
        else:
            self._backlog.give_back()
        return answer

    def _send(self, batch: Batch) -> Answer:
        try:
            return ask(self._exporter(), self._kind.items(batch))
        except Exception as error:  # noqa: BLE001 - a stock exporter raises for what it cannot encode
            report(error)
            return Answer(Verdict.REFUSED, type(error).__name__)

    def _keep(self, batch: Batch) -> Place:
        try:
            return self._keeper.keep(batch.service, len(batch.records), self._kind.line(batch))
        except OSError as error:
            raise Undelivered(Reason.STORE_UNWRITABLE, self._remedy(error)) from error

    def _remedy(self, error: OSError) -> str:
        found = self._settings
        limits = StoreLimits(
            found.store_max_bytes, found.store_max_days, found.store_file_bytes, found.store_file_seconds
        )
        folder = spool_folder(found.store, self._service or "", self._name)
        return f"the receiver is away, and: {explain(error, folder, limits)}"

    def _look_after(self, folder: Path) -> None:
        """Apply the bounds, and tell how much waits: now and then, not for each line."""
        now = time.monotonic()
        if now - self._trimmed_at < 1 and self._trimmed_at:
            return
        self._trimmed_at = now
        self._keeper.trim(folder)
        size = held(folder).size
        if size or self._measured:
            signal = {attributes.TRADING_TELEMETRY_SIGNAL: self._kind.signal.value}
            instruments.set_gauge(metrics.TRADING_TELEMETRY_SPOOLED, size, signal)
        self._measured = size

    def _tell(self, place: Place, answer: Answer | None) -> None:
        now = time.monotonic()
        if self._told_at is None or now - self._told_at >= _TELL_SECONDS:
            _logger.warning(
                "the receiver of %s does not take them (%s): they wait in %s, and are sent when it does",
                self._kind.signal.value,
                answer.words if answer is not None else "no answer",
                place.path.parent,
            )
        self._told_at = now

    def _all_sent(self) -> None:
        if self._sent_late:
            _logger.info("%d records of %s that waited were sent", self._sent_late, self._kind.signal.value)
            self._sent_late = 0


def _refusal(answer: Answer) -> str:
    door = " Does it accept OTEL_EXPORTER_OTLP_HEADERS?" if answer.is_of_all else ""
    return f"the receiver refuses them ({answer.words}).{door} otel-trading doctor says what to do"


def _forget(place: Place) -> None:
    with suppress(OSError):  # then it is sent again: at least once
        mark_sent(place)
