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


def never(_: Any) -> bool:
    """Tell that a plain function returns no awaitable."""
    return False


def watched(
    original: Any,
    operation: Operation,
    patches: Patches,
    *,
    bound: bool = True,
    awaited: Callable[[Any], bool] = never,
) -> Any:
    """Return what does the same as ``original``, with ``operation`` watching each call.

    ``original`` is what a class or module holds: a method, a static or class method, or a function that is called on
    no object, which is not ``bound``. Coroutine functions stay coroutine functions. A plain method is watched while
    its result is awaited where ``awaited`` says so of the object that it is called on. Once ``patches`` are no longer
    active, calls pass straight through.
    """
    if isinstance(original, staticmethod):
        return staticmethod(_free(original.__func__, operation, patches))
    if isinstance(original, classmethod):
        return classmethod(_method(original.__func__, operation, patches, awaited))
    return _method(original, operation, patches, awaited) if bound else _free(original, operation, patches)


def _method(
    original: Callable[..., Any], operation: Operation, patches: Patches, awaited: Callable[[Any], bool]
) -> Callable[..., Any]:
    name = original.__name__

    def begin(target: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> _Watch:
        return _Watch(operation, Call(target, name, _given(original, args, kwargs, 1), time.time()))

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
        if awaited(self):
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


def _free(original: Callable[..., Any], operation: Operation, patches: Patches) -> Callable[..., Any]:
    """Return a watched function that is called on no object: static, or of a module."""

    @functools.wraps(original)
    def plain(*args: Any, **kwargs: Any) -> Any:
        if not patches.active:
            return original(*args, **kwargs)
        watch = _Watch(operation, Call(None, original.__name__, _given(original, args, kwargs, 0), time.time()))
        try:
            result = original(*args, **kwargs)
        except BaseException as error:
            watch.end(Outcome(error=error))
            raise
        watch.end(Outcome(result))
        return result

    return plain


def _given(original: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], bound: int) -> dict[str, Any]:
    """Return the arguments of a call by name; what a ``*args`` takes is there under its name, as a tuple."""
    names, rest = _parameters(original)
    given = dict(zip(names[bound:], args, strict=False)) | kwargs
    beyond = args[max(len(names) - bound, 0) :]
    return given | {rest: beyond} if rest and beyond else given


@functools.cache
def _parameters(function: Callable[..., Any]) -> tuple[tuple[str, ...], str]:
    """Return the names of a function's positional parameters, and the name of its ``*args``.

    Asked at its first call, since few of those wrapped are called. One that is written in C may tell nothing of it:
    then all are taken for ``args``.
    """
    try:
        found = inspect.signature(function).parameters.values()
    except ValueError:
        return (), "args"
    rest = next((each.name for each in found if each.kind is each.VAR_POSITIONAL), "")
    return tuple(each.name for each in found if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)), rest


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
