"""What a pitfall is: a small real program, run under the plain SDK and with us, and the one fact that is measured."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from tests.endtoend.receiver import Receiver

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.endtoend.receiver import Received
    from tests.reliability.running import Program


class Run(NamedTuple):
    """A program that has ended, or that was ended as it did not."""

    ours: bool
    returncode: int | None
    """None where the program had not ended by itself in time."""
    seconds: float
    """From the last line it printed, as far as they were read, to its end."""
    stdout: str
    stderr: str
    receiver: Receiver

    def records(self) -> list[Received]:
        """Return what arrived of the bot's own log and spans."""
        return [record for record in (*self.receiver.logs, *self.receiver.spans) if record.scope == "bot"]

    def names(self) -> list[str]:
        """Return the bodies of the bot's log lines, and the names of its spans."""
        return [record.name for record in self.records()]


class Seen(NamedTuple):
    """The fact, in the words of the table, and whether it is the pitfall."""

    words: str
    harmed: bool


Drive: TypeAlias = "Callable[[Program, Receiver], None]"


def leave_alone(program: Program, receiver: Receiver) -> None:
    """Let the program run to its end."""


@dataclass(frozen=True)
class Pitfall:
    """One row of the table.

    ``drive`` does what has to be done to the program and its receiver meanwhile. ``not_reproduced`` says why the
    plain SDK is well here; ``still`` says what of it remains with us. Both are claims that the tests hold to be true.
    """

    name: str
    title: str
    program: str
    measure: Callable[[Run], Seen]
    drive: Drive = leave_alone
    environ: Mapping[str, str] = field(default_factory=dict)
    receiver: Callable[[], Receiver] = Receiver
    patience: float = 45.0
    not_reproduced: str = ""
    still: str = ""
    remark: str = ""


def arrived(*expected: str) -> Callable[[Run], Seen]:
    """Measure how many of the ``expected`` log lines and spans arrived, each once."""

    def measure(run: Run) -> Seen:
        found = run.names()
        once = sum(found.count(line) == 1 for line in expected)
        twice = sum(found.count(line) > 1 for line in expected)
        words = f"{once} of {len(expected)} records arrived" + (f", {twice} more than once" if twice else "")
        return Seen(words, once < len(expected))

    return measure
