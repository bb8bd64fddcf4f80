"""INFO is exported although nobody chose it, and the bot's console stays as it was.

Python's root logger stands at WARNING until someone chooses. Where nobody did, it is lowered, by a number that
knows so: a later choice of the bot replaces it like any other, and until then records that WARNING would
have kept out are captured, but kept from the bot's handlers.
"""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import CodeType, FrameType

_LOG_CODE: CodeType = logging.Logger._log.__code__  # noqa: SLF001 - where a logger's own level was asked
_FRAMES = 5


class Lowered(int):
    """A level that stands in for WARNING, which nobody chose. Compares and prints as the number it is."""

    __slots__ = ()


def lower(level: int) -> None:
    """Let the root logger pass ``level`` where it stands at WARNING unchosen; a chosen level stands."""
    root = logging.getLogger()
    if level < logging.WARNING and type(root.level) is int and root.level == logging.WARNING:
        root.setLevel(Lowered(max(level, logging.NOTSET + 1)))


def restore() -> None:
    """Put WARNING back wherever the number of :func:`lower` still stands."""
    root = logging.getLogger()
    for logger in (root, *list(root.manager.loggerDict.values())):
        if isinstance(logger, logging.Logger) and isinstance(logger.level, Lowered):
            logger.setLevel(logging.WARNING)


def is_kept_out(logger: logging.Logger, record: logging.LogRecord, depth: int) -> bool:
    """Tell whether ``record`` has come to the handlers of ``logger`` only because root was lowered.

    ``depth`` is the number of frames between here and ``Logger.handle``. Who calls that directly (receivers of
    records from queues and sockets do) never asked for a level, and sees the record as before.
    """
    return (
        record.levelno < logging.WARNING
        and isinstance(logger.getEffectiveLevel(), Lowered)
        and _asked_level(sys._getframe(depth + 1))  # noqa: SLF001 - the documented way to a caller's frame
    )


def _asked_level(frame: FrameType | None) -> bool:
    """Tell whether the record was made by a logging call: a few frames up, subclasses may have some between."""
    for _ in range(_FRAMES):
        if frame is None:
            return False
        if frame.f_code is _LOG_CODE:
            return True
        frame = frame.f_back
    return False
