"""Reach into a library once the bot has imported it, and never import it ourselves."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import wrapt

from otel_trading.orders.contain import contained

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType


class OnImport:
    """``apply`` called with the module ``name`` as soon as it is imported; at once where it is already.

    What ``apply`` returns is called by :meth:`undo`. An import hook cannot be taken back, so one that was not
    reached by then does nothing.
    """

    def __init__(self, name: str, apply: Callable[[ModuleType], Callable[[], None]]) -> None:
        self._apply: Callable[[ModuleType], Callable[[], None]] | None = apply
        self._undo: Callable[[], None] | None = None
        module = sys.modules.get(name)
        if module is not None:
            self._reached(module)
        else:
            wrapt.register_post_import_hook(self._reached, name)

    def _reached(self, module: ModuleType) -> None:
        apply, self._apply = self._apply, None
        if apply is not None:
            with contained():
                self._undo = apply(module)

    def undo(self) -> None:
        """Undo what was applied, or will not be."""
        undo, self._undo, self._apply = self._undo, None, None
        if undo is not None:
            undo()
