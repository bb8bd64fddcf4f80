"""The table of a library's hooks: which of its functions are watched, and by which operation."""

from __future__ import annotations

import functools
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from otel_trading.instrumentation.toolkit.wrapping import never, watched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from otel_trading.instrumentation.toolkit.layers import Watching
    from otel_trading.instrumentation.toolkit.patching import Patches
    from otel_trading.instrumentation.toolkit.terms import Fields
    from otel_trading.instrumentation.toolkit.wrapping import Call, Outcome

    Operation = Callable[[Fields, Call], Watching | None]


class Hook(NamedTuple):
    """One function of a library, and what watches its calls.

    ``target`` is ``"package.module:Class.method"`` or ``"package.module:function"``. A method that the class inherits
    is watched in the class that defines it. ``awaited`` tells, given the object that the method is called on, whether
    a plain function returns an awaitable, which is watched while it is awaited; coroutine functions always are.
    """

    target: str
    operation: Operation
    fields: Fields
    awaited: Callable[[Any], bool] = never

    @property
    def module(self) -> str:
        """The module that has to be imported before the function is there."""
        return self.target.partition(":")[0]


def on(
    owner: str, fields: Fields, methods: Mapping[str, Operation], *, awaited: Callable[[Any], bool] = never
) -> tuple[Hook, ...]:
    """Return hooks for several methods of one class: ``owner`` is ``"package.module:Class"``, ``methods`` by name."""
    return tuple(Hook(f"{owner}.{name}", operation, fields, awaited) for name, operation in methods.items())


def before(tell: Callable[[Call], None]) -> Operation:
    """Return the operation that tells of each call before it is made."""

    def operation(_: Fields, call: Call) -> Watching:
        tell(call)
        yield

    return operation


def after(tell: Callable[[Call, Outcome], None]) -> Operation:
    """Return the operation that tells of each call, and of how it ended, when it has ended."""

    def operation(_: Fields, call: Call) -> Watching:
        outcome = yield
        tell(call, outcome)

    return operation


def apply(hooks: Iterable[Hook], patches: Patches) -> Iterator[str]:
    """Put ``hooks`` in place whose modules are imported; yield the targets that this version of the library lacks."""
    for hook in hooks:
        module = sys.modules.get(hook.module)
        if module is not None and not _put(hook, module, patches):
            yield hook.target


def _put(hook: Hook, module: Any, patches: Patches) -> bool:
    *path, name = hook.target.partition(":")[2].split(".")
    owner = module
    for step in path:
        owner = getattr(owner, step, None)
    for holder in getattr(owner, "__mro__", (owner,)):
        if name in vars(holder):
            patches.replace(holder, name, _watching(hook, patches, bound=isinstance(holder, type)))
            return True
    return False


def _watching(hook: Hook, patches: Patches, *, bound: bool) -> Callable[[Any], Any]:
    operation = functools.partial(hook.operation, hook.fields)
    return lambda original: watched(original, operation, patches, bound=bound, awaited=hook.awaited)
