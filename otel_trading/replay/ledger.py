"""The ledger: what a receiver has acknowledged of a service's files, and what is on its way to it.

One for each service, signal and receiver, in the folder ``replay`` of the service. A batch is noted before it is
sent and when the receiver has answered; what is noted as sent and not as answered, after a crash, is *in doubt*:
the receiver may have it or not, and nobody else can know. At most the one batch that was on its way is.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from otel_trading.replay.journal import DamagedError, Journal, Note, read
from otel_trading.replay.ranges import Range, Ranges

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from otel_trading.telemetry.store.layout import Signal

FOLDER = "replay"
LEDGER = ".ledger"
REFUSED = ".refused.jsonl"
LOCK = ".lock"

_VERSION = 1
_LOOPBACK = re.compile(r"(?:localhost|127(?:\.\d+){3}|::1)")
_PORTS = {"http": 80, "https": 443}


class LedgerError(Exception):
    """The ledger cannot be used; the message says which, why, and what to do."""


class LockedError(LedgerError):
    """Another replay of the same files to the same receiver is running."""


class Doubt(NamedTuple):
    """A batch that was on its way when a replay ended: positions as in Range."""

    start: int
    end: int
    records: int


class FileState:
    """What is known of one file."""

    def __init__(self) -> None:
        self.settled = Ranges()
        self.doubts: list[Doubt] = []

    def settle(self, settled: Range) -> None:
        """Note an answer. What was in doubt there is so no more."""
        self.settled.add(settled)
        self.clear(settled.start, settled.end)

    def clear(self, start: int, end: int) -> None:
        """Take a part out of what is in doubt; a batch of which a part is answered keeps its number of records."""
        rests = []
        for doubt in self.doubts:
            before, after = doubt._replace(end=min(doubt.end, start)), doubt._replace(start=max(doubt.start, end))
            rests += [rest for rest in (before, after) if rest.start < rest.end]
        self.doubts = rests


def receiver_of(url: str) -> str:
    """Return what stands for a receiver in a ledger: its URL without credentials; names of the loopback are one."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    port = parts.port or _PORTS.get(parts.scheme)
    place = "localhost" if _LOOPBACK.fullmatch(host) else host
    return f"{parts.scheme.lower()}://{place}:{port}{parts.path.rstrip('/')}"


def path_of(folder: Path, signal: Signal, url: str, suffix: str = LEDGER) -> Path:
    """Return where the ledger of a service's folder is, or with another suffix what lies beside it."""
    parts = urlsplit(receiver_of(url))
    readable = re.sub(r"[^A-Za-z0-9.-]", "_", parts.netloc)[:60]
    digest = hashlib.blake2b(receiver_of(url).encode(), digest_size=6).hexdigest()
    return folder / FOLDER / f"{signal}-{readable}-{digest}{suffix}"


def load(path: Path, receiver: str) -> dict[str, FileState]:
    """Return what a ledger says of each file, by stem. Raises LedgerError and OSError."""
    states: dict[str, FileState] = {}
    try:
        notes = read(path)
    except DamagedError as error:
        raise LedgerError(_damaged(str(error), path)) from None
    if notes and (notes[0].get("replay"), notes[0].get("receiver")) != (_VERSION, receiver):
        raise LedgerError(_damaged(f"{path} is not a ledger of this version for {receiver}", path))
    try:
        for note in notes[1:]:
            _take(note, states)
    except (KeyError, TypeError, ValueError):
        raise LedgerError(_damaged(f"{path} holds a note that makes no sense", path)) from None
    return states


def _damaged(what: str, path: Path) -> str:
    return (
        f"{what}: what was sent before is not known. Restore {path.name} from a backup, or move it away and send"
        " everything again, with what that means for the receiver (docs/replay.md)."
    )


def _take(note: Note, states: dict[str, FileState]) -> None:
    start, end, records = _position(note["from"]), _position(note["to"]), _position(note["records"])
    if start >= end:
        raise ValueError
    state = states.setdefault(str(note["file"]), FileState())
    kind = note["note"]
    if kind == "settled":
        state.settle(Range(start, end, records, _position(note["crc"])))
    elif kind == "sending":
        state.clear(start, end)
        state.doubts.append(Doubt(start, end, records))
    elif kind == "unsent":
        state.clear(start, end)
    else:
        raise ValueError


def _position(value: object) -> int:
    if not isinstance(value, int) or value < 0:
        raise ValueError
    return value


class Ledger:
    """A ledger that is being kept. It is locked until it is closed."""

    def __init__(self, folder: Path, signal: Signal, url: str, stems: Collection[str]) -> None:
        """Open the ledger of a service's folder, and forget the files that are no more.

        Raises LockedError, LedgerError, and OSError where the folder cannot be written.
        """
        self.path = path_of(folder, signal, url)
        self.refused_path = path_of(folder, signal, url, REFUSED)
        self.path.parent.mkdir(mode=0o700, exist_ok=True)
        self._lock = _locked(path_of(folder, signal, url, LOCK), f"{signal} of {folder.name} to {url}")
        self._journal: Journal | None = None
        try:
            found = load(self.path, receiver_of(url))
            self.states = {stem: state for stem, state in found.items() if stem in stems}
            self._journal = Journal(self.path, _notes(self.states, receiver_of(url)))
        except BaseException:
            self.close()
            raise

    def state(self, stem: str) -> FileState:
        """Return what is known of a file."""
        return self.states.get(stem) or FileState()

    def sending(self, stem: str, start: int, end: int, records: int) -> None:
        """Note that a batch is about to be sent. Like the others: on the disk when this returns; raises OSError."""
        self._write(_note("sending", stem, (start, end), records))

    def settle(self, stem: str, settled: Range, *, sync: bool) -> None:
        """Note that a batch, or a part of it, needs no more sending; without ``sync`` a power cut may lose the note."""
        self._write(_note("settled", stem, settled[:2], settled.records, settled.crc), sync=sync)

    def unsent(self, stem: str, start: int, end: int, doubt: Doubt | None) -> None:
        """Note that a batch, or its end, did surely not arrive, but for a part that is in doubt."""
        notes = [_note("unsent", stem, (start, end), 0)]
        self._write(*notes, *([] if doubt is None else [_note("sending", stem, doubt[:2], doubt.records)]))

    def close(self) -> None:
        """Let others at the ledger."""
        if self._journal is not None:
            self._journal.close()
        if self._lock >= 0:
            lock, self._lock = self._lock, -1
            os.close(lock)

    def _write(self, *notes: Note, sync: bool = True) -> None:
        if self._journal is None:
            raise ValueError("the ledger is closed")
        self._journal.append(notes, sync=sync)


def _note(kind: str, stem: str, position: tuple[int, int], records: int, crc: int | None = None) -> Note:
    note: Note = {"note": kind, "file": stem, "from": position[0], "to": position[1], "records": records}
    return note if crc is None else {**note, "crc": crc}


def _notes(states: dict[str, FileState], receiver: str) -> Iterator[Note]:
    yield {"replay": _VERSION, "receiver": receiver}
    for stem, state in states.items():
        for each in state.settled:
            yield _note("settled", stem, each[:2], each.records, each.crc)
        for doubt in state.doubts:
            yield _note("sending", stem, doubt[:2], doubt.records)


def _locked(path: Path, what: str) -> int:
    """Lock a file that is never removed: a lock on the ledger itself would stay with the file it replaces."""
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
    except BlockingIOError:
        owner = os.pread(descriptor, 20, 0).decode("ascii", "replace")
        os.close(descriptor)
        raise LockedError(f"Another replay (process {owner}) is sending {what}: wait for its end.") from None
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def settled_records(states: Sequence[FileState]) -> int:
    """Return how many records of some files need no sending."""
    return sum(state.settled.records for state in states)
