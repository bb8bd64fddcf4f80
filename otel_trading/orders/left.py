"""Blocks of async generators that their consumer has left.

A generator runs in its consumer's context, so a block in it is current there too. ``async for`` that ends by ``break``
leaves the generator without closing it: the event loop does that later, in a task and so in a context of its own, from
which the consumer's cannot be put right. But the generator is dropped in the consumer's context, and there, at once, a
weak reference to it is called back.

Only blocks that are begun in an async generator are followed, under event loops that tell which generators they run
(asyncio's do, in ``_asyncgens``); nothing is looked at while a block is at work.
"""

from __future__ import annotations

import asyncio
import inspect
import sys
import weakref
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from opentelemetry import context as otel

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from contextvars import Token
    from types import FrameType

    from opentelemetry.context import Context

_DEEPEST = 5
"""Frames between a block's own and its generator's: contextlib's, and such a helper as ``ExitStack.enter_context``."""

_MOST_LEFT = 1000


class _Left(NamedTuple):
    context: Context
    token: Token[Context]


_followed: dict[int, weakref.ref[AsyncGenerator[object, object]]] = {}
_left: dict[int, _Left] = {}
"""Contexts whose block was left while they were not current, by their identity."""


def follow(token: Token[Context], context: Context) -> None:
    """Put back what was current before ``context`` when the async generator that attached it, if any, is left."""
    frame = _generator_frame(sys._getframe(2))  # noqa: SLF001 - inspect.currentframe of it is the same
    if frame is None:
        return
    key = id(token)

    def left(_: object) -> None:
        if _followed.pop(key, None) is not None:
            _leave(_Left(context, token))

    generator = _generator_of(frame)
    if generator is not None:
        _followed[key] = weakref.ref(generator, left)


def forget(token: Token[Context]) -> None:
    """Follow the block of ``token`` no more: it has ended itself."""
    if _followed:
        _followed.pop(id(token), None)


def mend() -> None:
    """Put back what was current before a block that was left, should that be current here."""
    while _left:
        found = _left.get(id(otel.get_current()))
        if found is None or not _put_back(found):
            return
        _left.pop(id(found.context), None)


def _leave(found: _Left) -> None:
    """Put back what was before; where the consumer is in another block by now, :func:`mend` does it later."""
    if otel.get_current() is found.context and _put_back(found):
        mend()
        return
    if len(_left) >= _MOST_LEFT:
        _left.pop(next(iter(_left)), None)
    _left[id(found.context)] = found


def _put_back(found: _Left) -> bool:
    """Tell whether this is the very context that the block was begun in, and not a copy that a task or thread has."""
    with suppress(ValueError, RuntimeError):
        found.token.var.reset(found.token)
        return True
    return False


def _generator_frame(frame: FrameType | None) -> FrameType | None:
    for _ in range(_DEEPEST):
        if frame is None or frame.f_code.co_flags & inspect.CO_COROUTINE:
            return None
        if frame.f_code.co_flags & inspect.CO_ASYNC_GENERATOR:
            return frame
        frame = frame.f_back
    return None


def _generator_of(frame: FrameType) -> AsyncGenerator[object, object] | None:
    with suppress(RuntimeError):  # of another library's loop
        running = getattr(asyncio.get_running_loop(), "_asyncgens", ())
        return next((each for each in running if each.ag_frame is frame), None)
    return None
