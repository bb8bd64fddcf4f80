"""The instrumentor of QuickFIX: what a bot sends, and the callbacks of its Application."""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any

from otel_trading.instrumentation.quickfix import hooks
from otel_trading.instrumentation.toolkit.hooks import Hook, before
from otel_trading.instrumentation.toolkit.library import LibraryInstrumentor
from otel_trading.instrumentation.toolkit.wrapping import watched

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType


class QuickfixInstrumentor(LibraryInstrumentor):
    """Instruments QuickFIX when the bot imports it.

    The engine calls the bot's own methods, which override those of ``Application``. They are watched in the classes
    that define them (the bot's Application, its base classes, what is mixed in), which are looked at when an
    Application is made: each of them calls ``Application.__init__``, or the engine does not take it.
    """

    library = "quickfix"
    hooks = (
        Hook("quickfix:Session.sendToTarget", hooks.send, hooks.FIELDS),
        Hook("quickfix:Session.send", hooks.send, hooks.FIELDS),
        Hook(
            "quickfix:Application.__init__",
            before(lambda call: QuickfixInstrumentor().adopt(type(call.target))),
            hooks.FIELDS,
        ),
    )

    def patch(self, module: ModuleType) -> None:
        """Put the hooks in place, and in the classes of Applications that were made before."""
        super().patch(module)
        for kind in _descendants(module.Application):
            self.adopt(kind)

    def adopt(self, kind: type) -> None:
        """Watch the callbacks that ``kind`` and its bases define, those of QuickFIX itself apart."""
        for holder in kind.__mro__:
            for name, operation in hooks.CALLBACKS.items():
                # What is no plain function (a partial, a mock) would be bound otherwise, were it replaced by one.
                if holder.__module__ != self.library and inspect.isfunction(vars(holder).get(name)):
                    watch = functools.partial(operation, hooks.FIELDS)
                    make = functools.partial(watched, operation=watch, patches=self._patches)
                    self._patches.replace(holder, name, make)

    def _uninstrument(self, **kwargs: Any) -> None:
        super()._uninstrument(**kwargs)
        hooks.forget()


def _descendants(kind: type) -> Iterator[type]:
    children: list[type] = kind.__subclasses__()
    for child in children:
        yield child
        yield from _descendants(child)
