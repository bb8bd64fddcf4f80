"""The instrumentor of one library: its table of hooks, put in place when the bot imports the library."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any, ClassVar

import wrapt
from opentelemetry.instrumentation.instrumentor import BaseInstrumentor  # type: ignore[attr-defined] # untyped upstream

from otel_trading.instrumentation.toolkit.hooks import apply
from otel_trading.instrumentation.toolkit.patching import Patches
from otel_trading.instrumentation.versions import TRIED, installed
from otel_trading.orders.contain import contained

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from types import ModuleType

    from otel_trading.instrumentation.toolkit.hooks import Hook

_logger = logging.getLogger("otel_trading")


class LibraryInstrumentor(BaseInstrumentor):  # type: ignore[misc] # untyped upstream
    """Instruments a library when the bot imports it; importing it is left to the bot.

    A library says its name and its hooks. A version that was never tried is instrumented all the same, with one
    warning in the log.
    """

    library: ClassVar[str]
    """The name of its distribution."""

    hooks: ClassVar[Sequence[Hook]] = ()
    """The functions that are watched."""

    _patches: ClassVar[Patches]
    _hooked: ClassVar[set[str]]
    _told = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._patches, cls._hooked = Patches(), set()

    def instrumentation_dependencies(self) -> Collection[str]:
        """Return the library, in any version."""
        return (self.library,)

    def modules(self) -> Collection[str]:
        """Return the modules that are looked at when the bot imports them."""
        return dict.fromkeys(hook.module for hook in self.hooks)

    def patch(self, module: ModuleType) -> None:
        """Put the hooks of ``module`` in place."""
        for target in apply((hook for hook in self.hooks if hook.module == module.__name__), self._patches):
            _logger.debug("%s has no %s in this version", self.library, target)

    def families(self) -> Iterable[type]:
        """Return the classes that may hold copies of what was replaced, to be restored with it."""
        return ()

    def _instrument(self, **_: Any) -> None:
        self._patches.active = True
        for name in self.modules():
            if name not in self._hooked:
                self._hooked.add(name)
                wrapt.register_post_import_hook(self._imported, name)  # at once, where it is imported already
            elif name in sys.modules:
                self._imported(sys.modules[name])

    def _imported(self, module: ModuleType) -> None:
        if self._patches.active:
            with contained():
                self._warn()
                self.patch(module)

    def _warn(self) -> None:
        """Say once that this version of the library was not tried."""
        if self._told:
            return
        self._told = True  # an instrumentor is the only one of its class
        version = installed(self.library)
        if version and not TRIED[self.library].holds(version):
            _logger.warning(
                "%s %s was not tried with otel-trading (%s): look at one order with `otel-trading order ID`",
                self.library,
                version,
                TRIED[self.library],
            )

    def _uninstrument(self, **_: Any) -> None:
        self._patches.active = False
        self._patches.restore(self.families())
