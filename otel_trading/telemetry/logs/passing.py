"""What is on its way through this thread's logging, so that one event is recorded once and never by itself.

Kept for each thread and not in a context variable: handing a record to handlers is synchronous, while a task or
thread that a handler starts would inherit a context variable for its whole life.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, NamedTuple

from opentelemetry.context import get_current
from opentelemetry.instrumentation.utils import is_instrumentation_enabled

if TYPE_CHECKING:
    import logging

_TELLING = 4


class Event(NamedTuple):
    """An event as structlog has it before it is rendered; ``level`` is stdlib's number."""

    body: str
    attributes: dict[str, Any]
    level: int
    name: str


class Passage:
    """One call of a structlog logger: its event, and the stdlib record that it ends in, if it does."""

    event: Event | None = None
    record: logging.LogRecord | None = None


class Passing(threading.local):
    """The state of one thread.

    ``busy``: our own code is at work, so what is logged now is our doing. ``text``: the text of the event that
    the bot's handlers or sinks are being given. ``passage``: the call of a structlog logger under way.
    ``failure``: the exception that is recorded as unhandled already.
    """

    busy: bool = False
    text: str | None = None
    passage: Passage | None = None
    failure: BaseException | None = None


here = Passing()


def is_wanted() -> bool:
    """Tell whether what this thread logs now is the bot's: neither our own doing, nor that of an exporter."""
    return not here.busy and (not get_current() or is_instrumentation_enabled())


def is_repeated(text: str) -> bool:
    """Tell whether ``text`` is the event being handed on, come by another way (stdlib to loguru, or back).

    A sink may have dressed it up with a time and a level; within longer words only a telling text counts.
    """
    outer = here.text
    return outer is not None and (outer == text or (len(outer) >= _TELLING and outer in text))
