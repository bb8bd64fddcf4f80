"""What became of a test record."""

from __future__ import annotations

from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from otel_trading.doctor.receiver.target import Target


@dataclass
class Outcome:
    """One attempt to deliver a test record.

    ``status`` is HTTP's, ``code`` gRPC's name of one, ``error`` what the transport raised, ``words`` what came with
    it. ``date`` is the receiver's, with this machine's time in seconds before and after the answer.
    """

    target: Target
    delivered: bool = False
    status: int | None = None
    code: str = ""
    words: str = ""
    content_type: str = ""
    error: BaseException | None = None
    timed_out: bool = False
    date: str = ""
    between: tuple[float, float] = field(default=(0.0, 0.0))

    @property
    def clock_offset(self) -> float | None:
        """How far the receiver's clock is ahead, in seconds; 0 within what the Date allows, None without one."""
        try:
            theirs = parsedate_to_datetime(self.date).timestamp() if self.date else None
        except (TypeError, ValueError):
            theirs = None
        if theirs is None:
            return None
        before, after = self.between
        # A Date of 12:00:07 was written between 12:00:07.000 and 12:00:07.999.
        return max(theirs - after, 0.0) or min(theirs + 1 - before, 0.0)
