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

from otel_trading.orders.contain import contains, report

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


class _Watched:
    """A library's function, and the operation that watches its calls."""

    __slots__ = ("_bound", "_operation", "_original", "_parameters")

    def __init__(self, original: Callable[..., Any], operation: Operation, *, bound: bool) -> None:
        self._original, self._operation, self._bound = original, operation, bound
        self._parameters: tuple[tuple[str, ...], str] | None = None  # asked at the first call: few of them are called

    def begin(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> _Watch:
        """Begin to watch a call; nothing that goes wrong in it gets out."""
        try:
            generator = self._operation(self._call(args, kwargs))
            if generator is not None:
                next(generator)
                return _Watch(generator)
        except StopIteration:
            pass
        except Exception as error:  # noqa: BLE001 - whatever goes wrong here is ours alone
            report(error)
        return _Watch(None)

    def _call(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Call:
        """Return the call with its arguments by name; what a ``*args`` takes is there under its name, as a tuple."""
        if self._parameters is None:
            self._parameters = _parameters(self._original)
        names, rest = self._parameters
        target = None
        if self._bound and args:
            target, args, names = args[0], args[1:], names[1:]
        given = dict(zip(names, args, strict=False)) | kwargs
        if rest and len(args) > len(names):
            given[rest] = args[len(names) :]
        return Call(target, getattr(self._original, "__name__", ""), given, time.time())


class _Watch:
    """One running operation."""

    __slots__ = ("_generator",)

    def __init__(self, generator: Generator[None, Outcome, None] | None) -> None:
        self._generator = generator

    def end(self, outcome: Outcome) -> None:
        """Tell the operation how the call ended; nothing that goes wrong in it gets out."""
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
        return staticmethod(_watching(original.__func__, operation, patches, never, bound=False))
    if isinstance(original, classmethod):
        return classmethod(_watching(original.__func__, operation, patches, awaited, bound=True))
    return _watching(original, operation, patches, awaited, bound=bound)


def _watching(
    original: Callable[..., Any],
    operation: Operation,
    patches: Patches,
    awaited: Callable[[Any], bool],
    *,
    bound: bool,
) -> Callable[..., Any]:
    # No parameter has a name: the library's functions may be given any by keyword, ``self`` too.
    begin, is_awaited = _Watched(original, operation, bound=bound).begin, contains(awaited)

    if inspect.iscoroutinefunction(original):

        @functools.wraps(original)
        async def coroutine(*args: Any, **kwargs: Any) -> Any:
            result = original(*args, **kwargs)  # first: with wrong arguments it raises, and nothing has begun
            return await (_begun_when_awaited(begin, args, kwargs, result) if patches.active else result)

        return coroutine

    @functools.wraps(original)
    def plain(*args: Any, **kwargs: Any) -> Any:
        if not patches.active:
            return original(*args, **kwargs)
        if bound and args and is_awaited(args[0]):
            result = original(*args, **kwargs)
            return _begun_when_awaited(begin, args, kwargs, result) if inspect.isawaitable(result) else result
        watch = begin(args, kwargs)
        try:
            result = original(*args, **kwargs)
        except BaseException as error:
            watch.end(Outcome(error=error))
            raise
        watch.end(Outcome(result))
        return result

    return plain


def _parameters(function: Callable[..., Any]) -> tuple[tuple[str, ...], str]:
    """Return the names of a function's positional parameters, and the name of its ``*args``.

    One that is written in C may tell nothing of them: then all are taken for ``args``.
    """
    try:
        found = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return (), "args"
    rest = next((each.name for each in found if each.kind is each.VAR_POSITIONAL), "")
    return tuple(each.name for each in found if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)), rest


async def _begun_when_awaited(
    begin: Callable[..., _Watch], args: tuple[Any, ...], kwargs: dict[str, Any], result: Awaitable[Any]
) -> Any:
    watch = begin(args, kwargs)
    try:
        found = await result
    except BaseException as error:
        watch.end(Outcome(error=error))
        raise
    watch.end(Outcome(found))
    return found
