"""Wrapping a library's function so that an operation watches each call, and nothing else changes.

An operation is a generator: it runs to its ``yield`` before the call, is sent the :class:`Outcome` after it, and
so reads from top to bottom. Whatever goes wrong in it is contained; the bot gets the library's own return value
or exception.
"""

from __future__ import annotations

import functools
import inspect
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from otel_trading.orders.contain import report

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator, Mapping

    from otel_trading.instrumentation.toolkit.patching import Patches

    Operation = Callable[["Call"], Generator[None, "Outcome", None] | None]


class Call(NamedTuple):
    """A call of an instrumented method: on which object, by which name, with which arguments by name.

    ``began`` is the time of the call in seconds since the epoch.
    """

    target: Any
    name: str
    arguments: Mapping[str, Any]
    began: float

    def get(self, name: str, default: Any = None) -> Any:
        """Return the argument ``name``, or ``default`` where it was not given or is None."""
        found = self.arguments.get(name)
        return default if found is None else found


class Outcome(NamedTuple):
    """How a call ended: with a result, or with an error."""

    result: Any = None
    error: BaseException | None = None


class _Watch:
    """One running operation; neither its beginning nor its end lets an error of ours out."""

    __slots__ = ("_generator",)

    def __init__(self, operation: Operation, call: Call) -> None:
        self._generator = None
        try:
            generator = operation(call)
            if generator is not None:
                next(generator)
                self._generator = generator
        except StopIteration:
            pass
        except Exception as error:  # noqa: BLE001 - whatever goes wrong here is ours alone
            report(error)

    def end(self, outcome: Outcome) -> None:
        """Tell the operation how the call ended."""
        if self._generator is None:
            return
        try:
            self._generator.send(outcome)
        except StopIteration:
            pass
        except Exception as error:  # noqa: BLE001 - whatever goes wrong here is ours alone
            report(error)


def watched(original: Callable[..., Any], operation: Operation, patches: Patches) -> Callable[..., Any]:
    """Return a function that does what ``original`` does, with ``operation`` watching each call.

    Coroutine functions stay coroutine functions. A plain function that returns an awaitable is watched while
    that is awaited. Once ``patches`` are no longer active, calls pass straight through.
    """
    name = original.__name__

    def begin(target: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> _Watch:
        given = dict(zip(_parameters(original), args, strict=False)) | kwargs
        return _Watch(operation, Call(target, name, given, time.time()))

    if inspect.iscoroutinefunction(original):

        @functools.wraps(original)
        async def coroutine(self: Any, *args: Any, **kwargs: Any) -> Any:
            result = original(self, *args, **kwargs)  # first: with wrong arguments it raises, and nothing has begun
            return await (_begun_when_awaited(begin, self, args, kwargs, result) if patches.active else result)

        return coroutine

    @functools.wraps(original)
    def plain(self: Any, *args: Any, **kwargs: Any) -> Any:
        if not patches.active:
            return original(self, *args, **kwargs)
        if not getattr(self, "synchronous", True):
            result = original(self, *args, **kwargs)
            return _begun_when_awaited(begin, self, args, kwargs, result) if inspect.isawaitable(result) else result
        watch = begin(self, args, kwargs)
        try:
            result = original(self, *args, **kwargs)
        except BaseException as error:
            watch.end(Outcome(error=error))
            raise
        watch.end(Outcome(result))
        return result

    return plain


@functools.cache
def _parameters(function: Callable[..., Any]) -> tuple[str, ...]:
    """Return the names of a method's parameters; asked at its first call, since few of those wrapped are called."""
    return tuple(inspect.signature(function).parameters)[1:]


async def _begun_when_awaited(
    begin: Callable[..., _Watch], target: Any, args: tuple[Any, ...], kwargs: dict[str, Any], result: Awaitable[Any]
) -> Any:
    return await _awaited(begin(target, args, kwargs), result)


async def _awaited(watch: _Watch, result: Awaitable[Any]) -> Any:
    try:
        found = await result
    except BaseException as error:
        watch.end(Outcome(error=error))
        raise
    watch.end(Outcome(found))
    return found
