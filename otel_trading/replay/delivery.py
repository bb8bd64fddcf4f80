"""A batch until the receiver has answered for each of its records: waiting, making it smaller, setting aside."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from otel_trading.replay.document import Piece, request, singles
from otel_trading.replay.sender import Answer, Verdict

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence

    from otel_trading.replay.aside import Aside
    from otel_trading.replay.batches import Batch, Limits
    from otel_trading.replay.pending import Line
    from otel_trading.replay.sender import Sender
    from otel_trading.replay.tally import Tally, Troubles

_LEAST_BYTES = 64 * 1024
_LONGEST_WAIT = 30.0
_FIRST_WAIT = 0.5
_STALE_SECONDS = 1.0


class StoppedError(Exception):
    """Sending cannot go on; the message says why, and is empty where it was asked to end.

    ``uncertain`` says that what was sent last may have arrived all the same; ``doubt`` are its lines.
    """

    def __init__(self, reason: str, remedy: str = "", *, uncertain: bool = False) -> None:
        super().__init__(reason)
        self.remedy = remedy
        self.uncertain = uncertain
        self.doubt: Sequence[Line] = ()


class Delivery:
    """Delivers the batches of one signal.

    ``patience`` is for how many seconds a receiver that takes nothing is waited for. ``stop`` ends the waiting.
    """

    def __init__(
        self,
        sender: Sender,
        tally: Tally,
        limits: Limits,
        troubles: Troubles,
        *,
        patience: float,
        stop: threading.Event,
        on_wait: Callable[[str, float], None],
        first_wait: float = _FIRST_WAIT,
    ) -> None:
        self._sender = sender
        self._signal = sender.target.signal
        self._tally = tally
        self._limits = limits
        self._troubles = troubles
        self._patience = patience
        self._stop = stop
        self._on_wait = on_wait
        self._first_wait = first_wait

    def deliver(self, batch: Batch, aside: Aside, settle: Callable[[Sequence[Line]], None]) -> None:
        """Deliver a batch; ``settle`` is given the lines that need no more sending, row by row.

        Raises StoppedError where it cannot be done now, OSError where the refused cannot be kept.
        """
        self._file, self._aside, self._settle = batch.source.stem, aside, settle
        self._probed = False
        if self._signal == "metrics":
            # Prometheus refuses a request whole for one sample that it has or that is too old: each export for itself.
            for line in batch.lines:
                self._lines([line])
        else:
            self._lines(batch.lines)

    def _lines(self, lines: Sequence[Line]) -> None:
        pieces = [line.piece for line in lines]
        try:
            answer = self._send(pieces)
            if answer.verdict is Verdict.TAKEN:
                self._note_rejected(answer, lines)
            elif len(lines) == 1:
                self._divide(lines[0], answer)
        except StoppedError as stopped:
            stopped.doubt = lines if stopped.uncertain else ()
            raise
        if answer.verdict is Verdict.TAKEN or len(lines) == 1:
            self._settle(lines)
        else:
            middle = len(lines) // 2
            self._lines(lines[:middle])
            self._lines(lines[middle:])

    def _divide(self, line: Line, answer: Answer) -> None:
        """Send a refused line record by record, or set it aside where it holds but one."""
        pieces = singles(line.piece, self._signal) if line.piece.records > 1 else []
        before = (self._tally.sent, self._tally.refused)
        if not pieces:
            self._set_aside(line, line.piece, answer)
            return
        try:
            self._pieces(line, pieces)
        except StoppedError as stopped:
            # The ledger knows whole lines only: one of which a part was taken is in doubt as a whole.
            stopped.uncertain |= before != (self._tally.sent, self._tally.refused)
            raise
        if self._tally.refused == before[1] and answer.verdict is Verdict.REFUSED:
            # Every record of it was taken alone: what is at fault is around them.
            self._aside.refused(self._file, line.start, Piece(line.piece.body, 0), answer)

    def _pieces(self, line: Line, pieces: Sequence[Piece]) -> None:
        answer = self._send(pieces)
        if answer.verdict is Verdict.TAKEN:
            self._note_rejected(answer, [line])
        elif len(pieces) == 1:
            self._set_aside(line, pieces[0], answer)
        else:
            middle = len(pieces) // 2
            self._pieces(line, pieces[:middle])
            self._pieces(line, pieces[middle:])

    def _set_aside(self, line: Line, piece: Piece, answer: Answer) -> None:
        self._aside.refused(self._file, line.start, piece, answer)
        self._tally.refused += piece.records

    def _note_rejected(self, answer: Answer, lines: Sequence[Line]) -> None:
        if answer.rejected:
            self._aside.rejected(self._file, lines[0].start, lines[-1].end, answer)
            self._troubles.warn(f"the receiver took {self._signal} in part, and says: {answer.words or 'nothing more'}")
        elif answer.words:
            self._troubles.warn(f"the receiver took {self._signal}, and says: {answer.words}")

    def _send(self, pieces: Sequence[Piece]) -> Answer:
        """Send until there is an answer that says what became of it: taken, refused or too large."""
        body = request(pieces, self._signal)
        records = sum(piece.records for piece in pieces)
        if not records:
            return Answer(Verdict.TAKEN)
        answer = self._persist(body, records)
        if answer.verdict is Verdict.TAKEN:
            rejected = min(answer.rejected, records)
            self._tally.sent += records - rejected
            self._tally.refused += rejected
            self._tally.bytes_sent += len(body)
            return answer
        if answer.verdict is Verdict.TOO_LARGE:
            self._limits.size = max(min(self._limits.size, len(body)) // 2, _LEAST_BYTES)
        if not self._probed:
            self._check_receiver(answer)
        return answer

    def _persist(self, body: bytes, records: int) -> Answer:
        """Send again and again while the receiver is away or overloaded."""
        began = time.monotonic()
        uncertain = False
        wait = self._first_wait
        while True:
            answer = self._sender.send(body)
            uncertain = uncertain or answer.uncertain
            if answer.verdict is Verdict.STOP:
                raise StoppedError(answer.words, answer.remedy, uncertain=uncertain)
            if answer.verdict is not Verdict.LATER:
                return answer
            pause = wait if answer.wait_seconds is None else max(answer.wait_seconds, 0.05)
            left = began + self._patience - time.monotonic()
            if pause > left:
                raise StoppedError(
                    f"{self._sender.target.place} took nothing for {time.monotonic() - began:.0f} s"
                    + (f" and asks to wait for {pause:.0f} s more" if answer.wait_seconds is not None else "")
                    + f": {answer.words}",
                    "Run this again when it is back; what was taken is not sent again.",
                    uncertain=uncertain,
                )
            self._on_wait(answer.words, pause)
            if pause > _STALE_SECONDS:
                self._sender.close()  # a connection that the receiver closes meanwhile would look like a lost answer
            if self._stop.wait(pause):
                raise StoppedError("", uncertain=uncertain)
            wait = min(2 * wait, _LONGEST_WAIT)
            if answer.uncertain:
                self._tally.repeated += records

    def _check_receiver(self, refused: Answer) -> None:
        """Find out whether the records are at fault or the receiver: it must take a request without records."""
        probe = self._persist(request((), self._signal), 0)
        if probe.verdict is not Verdict.TAKEN:
            raise StoppedError(
                f"{self._sender.target.place} refuses even a request without records: {refused.words}",
                "Send to an OpenTelemetry Collector's port for OTLP/HTTP, and mind http:// and https://.",
            )
        self._probed = True
