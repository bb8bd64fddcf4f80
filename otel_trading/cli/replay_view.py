"""What ``otel-trading replay`` shows: a line of progress, and the summary."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, TextIO

from otel_trading.cli.screen import visible
from otel_trading.replay.document import RECORDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from otel_trading.replay import Plan, Summary, Tally
    from otel_trading.telemetry.store.layout import Signal

_TERMINAL_SECONDS = 0.2
_FILE_SECONDS = 10.0


class Progress:
    """One line on a terminal, written anew; elsewhere a line now and then."""

    def __init__(self, stream: TextIO, plan: Plan) -> None:
        self._stream = stream
        self._terminal = stream.isatty()
        self._verb = "counted" if plan.dry_run else "sent"
        self._began = self._told = time.monotonic()
        self._width = 0

    def sent(self, signal: Signal, tally: Tally) -> None:
        """Tell how far a signal has come, unless that was told just now."""
        now = time.monotonic()
        if now - self._told < (_TERMINAL_SECONDS if self._terminal else _FILE_SECONDS):
            return
        self._told = now
        self._write(
            f"{signal}: {tally.sent:,} {RECORDS[signal]} of {tally.files_sent:,} of {tally.files:,} files {self._verb},"
            f" {tally.bytes_sent / 2**20:,.1f} MiB, {now - self._began:.0f} s"
        )

    def waiting(self, reason: str, seconds: float) -> None:
        """Tell that the receiver is waited for, and why."""
        self._write(f"waiting {seconds:.1f} s for the receiver: {visible(reason)}")

    def ending(self) -> None:
        """Tell that the wish to end was heard."""
        self._write("ending after the batch that is on its way (Ctrl-C again ends at once, and leaves it in doubt)")

    def clear(self) -> None:
        """Take the line away."""
        if self._terminal and self._width:
            self._stream.write("\r" + " " * self._width + "\r")
            self._stream.flush()
            self._width = 0

    def _write(self, text: str) -> None:
        if self._terminal:
            self._stream.write("\r" + text.ljust(self._width))
            self._width = len(text)
        else:
            self._stream.write(text + "\n")
        self._stream.flush()


def summary_lines(summary: Summary, plan: Plan) -> Iterator[str]:
    """Yield what became of a replay, line by line."""
    targets = {target.signal: target for target in plan.targets}
    for signal, tally in summary.signals.items():
        verb = "to send" if plan.dry_run else "sent"
        words = [f"{signal:<8}{_counted(tally.sent, signal)} of {tally.files_sent:,} of {tally.files:,} files {verb}"]
        words += [f"{tally.before:,} sent before"] if tally.before else []
        words += [f"{tally.refused:,} refused"] if tally.refused else []
        yield ", ".join(words) + f" ({visible(targets[signal].place)})"
        if tally.doubted:
            done = "skipped, and may be missing" if plan.in_doubt == "skip" else "sent again, and may be there twice"
            yield (
                f"{'':8}{_counted(tally.doubted, signal)} in doubt, being on the way when an earlier replay ended:"
                f" {done} (docs/replay.md)"
            )
        if tally.repeated:
            yield (
                f"{'':8}{_counted(tally.repeated, signal)} sent more than once, as an answer was lost, and may be there"
                " twice (docs/replay.md)"
            )
    for path in summary.refused_files:
        yield f"refused records, with the reasons: {path}"
    if summary.stopped:
        yield f"stopped: {visible(summary.stopped)}"
        yield from [visible(summary.remedy)] if summary.remedy else []
    elif summary.interrupted:
        yield "ended on request; run it again to go on"


def _counted(count: int, signal: Signal) -> str:
    name = RECORDS[signal]
    return f"{count:,} {name if count != 1 else name.removesuffix('s')}"


def summary_object(summary: Summary, plan: Plan) -> dict[str, Any]:
    """Return what became of a replay for ``--json``."""
    targets = {target.signal: target for target in plan.targets}
    return {
        "complete": summary.complete,
        "dry_run": plan.dry_run,
        "signals": {
            signal: {
                "receiver": targets[signal].place,
                "files": tally.files,
                "files_sent": tally.files_sent,
                "sent": tally.sent,
                "sent_before": tally.before,
                "refused": tally.refused,
                "in_doubt": tally.doubted,
                "repeated": tally.repeated,
            }
            for signal, tally in summary.signals.items()
        },
        "refused_files": [str(path) for path in summary.refused_files],
        "warnings": summary.troubles.told(),
        "interrupted": summary.interrupted,
        "stopped": summary.stopped,
        "remedy": summary.remedy,
    }
