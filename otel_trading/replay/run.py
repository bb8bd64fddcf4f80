"""A replay from beginning to end: the files, their ledgers, the receiver."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from otel_trading.replay.aside import Aside
from otel_trading.replay.batches import Limits, Source, batches
from otel_trading.replay.delivery import Delivery, StoppedError
from otel_trading.replay.ledger import (
    Doubt,
    FileState,
    Ledger,
    LedgerError,
    load,
    path_of,
    receiver_of,
    settled_records,
)
from otel_trading.replay.pace import Pace
from otel_trading.replay.pending import Window
from otel_trading.replay.ranges import Range
from otel_trading.replay.sender import Sender
from otel_trading.replay.tally import Summary, Tally, Troubles
from otel_trading.telemetry.store.reader import StoreReader

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from pathlib import Path

    from otel_trading.replay.batches import Batch
    from otel_trading.replay.pending import Line
    from otel_trading.replay.target import Target
    from otel_trading.telemetry.store.layout import Signal


@dataclass
class Plan:
    """What to replay, and how.

    ``services`` None means all. ``rate`` is records a second, ``patience`` for how many seconds a receiver that
    takes nothing is waited for. ``in_doubt`` says what becomes of a batch that was on its way when an earlier
    replay was killed: ``send`` may have it twice at the receiver, ``skip`` not at all.
    """

    store: Path
    targets: Sequence[Target]
    services: Collection[str] | None = None
    window: Window = field(default_factory=Window)
    dry_run: bool = False
    rate: float | None = None
    patience: float = 60.0
    in_doubt: Literal["send", "skip"] = "send"
    limits: Limits = field(default_factory=Limits)
    first_wait: float = 0.5


def _nothing(*_: object) -> None:
    """Take a progress, and do nothing."""


def replay(
    plan: Plan,
    *,
    stop: threading.Event | None = None,
    on_progress: Callable[[Signal, Tally], None] = _nothing,
    on_wait: Callable[[str, float], None] = _nothing,
) -> Summary:
    """Send what the store holds and the ledgers do not have; return what became of it.

    ``stop`` ends it after the batch that is on its way; a later replay goes on from there. ``on_progress`` is told
    after each batch, ``on_wait`` why and for how many seconds the receiver is waited for. Raises nothing that the
    store, its files or the receiver cause: ``Summary.stopped`` tells of them.
    """
    summary = Summary({target.signal: Tally() for target in plan.targets}, Troubles())
    reader = StoreReader(plan.store, services=plan.services)
    ended = stop or threading.Event()
    with contextlib.ExitStack() as stack:
        try:
            # All of them before the first is used: a second replay is refused at once, and whole.
            runs = [_Run(plan, target, reader, summary, stop=ended, stack=stack) for target in plan.targets]
            for run in runs:
                run.run(on_progress, on_wait)
        except StoppedError as stopped:
            summary.stopped, summary.remedy = str(stopped), stopped.remedy
        except LedgerError as error:
            summary.stopped = str(error)
        except OSError as error:
            summary.stopped = f"{error.filename or plan.store}: {error.strerror}"
            summary.remedy = "The ledger must be written: without it, a later replay would send everything again."
    summary.interrupted = ended.is_set()
    for warning in reader.warnings:
        summary.troubles.warn(warning)
    return summary


class _Run:
    """The replay of one signal."""

    def __init__(
        self,
        plan: Plan,
        target: Target,
        reader: StoreReader,
        summary: Summary,
        *,
        stop: threading.Event,
        stack: contextlib.ExitStack,
    ) -> None:
        self._plan = plan
        self._target = target
        self._summary = summary
        self._stop = stop
        self._tally = summary.signals[target.signal]
        self._limits = Limits(plan.limits.size, plan.limits.records)
        self._ledgers: dict[Path, Ledger] = {}
        stems: dict[Path, list[str]] = {}
        for folder, stem in reader.files(target.signal):
            stems.setdefault(folder, []).append(stem)
        self._sources: list[Source] = []
        for folder, names in stems.items():
            states = self._states(folder, names, stack)
            self._sources += [Source(folder, stem, target.signal, states.get(stem) or FileState()) for stem in names]
        self._tally.files = len(self._sources)
        self._tally.before = settled_records([source.state for source in self._sources])

    def _states(self, folder: Path, stems: Sequence[str], stack: contextlib.ExitStack) -> dict[str, FileState]:
        url = self._target.url
        if self._plan.dry_run:
            return load(path_of(folder, self._target.signal, url), receiver_of(url))
        ledger = Ledger(folder, self._target.signal, url, frozenset(stems))
        stack.callback(ledger.close)
        self._ledgers[folder] = ledger
        return ledger.states

    def run(self, on_progress: Callable[[Signal, Tally], None], on_wait: Callable[[str, float], None]) -> None:
        """Send everything. Raises StoppedError, LedgerError and OSError."""
        plan, troubles = self._plan, self._summary.troubles
        if self._target.shows_headers and not plan.dry_run:
            names = ", ".join(sorted(self._target.headers))
            troubles.warn(f"the headers {names} travel unencrypted to {self._target.place}: use https://")
        pace = Pace(plan.rate, self._stop)
        if plan.rate:
            self._limits.records = max(min(self._limits.records, int(plan.rate)), 1)
        sender = Sender(self._target)
        delivery = Delivery(
            sender,
            self._tally,
            self._limits,
            troubles,
            patience=plan.patience,
            stop=self._stop,
            on_wait=on_wait,
            first_wait=plan.first_wait,
        )
        found = batches(self._sources, plan.window, self._limits, troubles)
        sent_from: set[tuple[Path, str]] = set()
        with contextlib.closing(found), contextlib.closing(sender):
            for batch in found:
                if self._stop.is_set():
                    return
                if batch.records:
                    sent_from.add((batch.source.folder, batch.source.stem))
                    self._tally.files_sent = len(sent_from)
                self._handle(batch, delivery)
                on_progress(self._target.signal, self._tally)
                pace.take(batch.records)

    def _handle(self, batch: Batch, delivery: Delivery) -> None:
        in_doubt = batch.lines[0].in_doubt
        if in_doubt:
            self._tally.doubted += batch.records
        wanted = batch.records and not (in_doubt and self._plan.in_doubt == "skip")
        if self._plan.dry_run:
            self._tally.sent += batch.records if wanted else 0
        elif wanted:
            self._deliver(batch, self._ledgers[batch.source.folder], delivery)
        else:
            _settle(self._ledgers[batch.source.folder], batch, batch.lines)

    def _deliver(self, batch: Batch, ledger: Ledger, delivery: Delivery) -> None:
        stem = batch.source.stem
        aside = Aside(ledger.refused_path, self._target.signal)
        ledger.sending(stem, batch.start, batch.end, batch.records)
        settled = batch.start

        def settle(lines: Sequence[Line]) -> None:
            nonlocal settled
            _settle(ledger, batch, lines)
            settled = lines[-1].end

        try:
            delivery.deliver(batch, aside, settle)
        except StoppedError as stopped:
            # What was in doubt before stays so; else only what was on its way just now is.
            if settled < batch.end and not batch.lines[0].in_doubt:
                ledger.unsent(stem, settled, batch.end, _doubt(stopped.doubt))
            raise
        finally:
            if aside.used and aside.path not in self._summary.refused_files:
                self._summary.refused_files.append(aside.path)


def _doubt(lines: Sequence[Line]) -> Doubt | None:
    return Doubt(lines[0].start, lines[-1].end, sum(line.piece.records for line in lines)) if lines else None


def _settle(ledger: Ledger, batch: Batch, lines: Sequence[Line]) -> None:
    records = sum(line.piece.records for line in lines)
    first, last = lines[0], lines[-1]
    # Parts of a batch are many; that the batch is in doubt after a power cut has to be borne anyhow.
    ledger.settle(batch.source.stem, Range(first.start, last.end, records, last.crc), sync=last.end == batch.end)
