"""Replace one attribute of a foreign class or module, and put the very same object back."""

from __future__ import annotations

import functools
from types import FunctionType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


class Patch:
    """``owner.name`` replaced by what ``make(original, self)`` returns, until :meth:`undo`.

    What is put in must pass straight through while :attr:`on` is false: another tool may have wrapped it in
    the meantime, and then it has to stay where it is. ``like`` is a function whose file and module the
    replacement takes on (see :func:`disguised`).
    """

    def __init__(
        self,
        owner: Any,
        name: str,
        make: Callable[[Any, Patch], Callable[..., Any]],
        like: FunctionType | None = None,
    ) -> None:
        self.on = True
        self._owner = owner
        self._name = name
        self._original = vars(owner)[name]
        replacement = make(self._original, self)
        functools.update_wrapper(replacement, self._original)
        self._ours = disguised(replacement, like) if like is not None else replacement
        setattr(owner, name, self._ours)

    def undo(self) -> None:
        """Put the original back, or where something stands on ours, leave ours in as a mere passage."""
        self.on = False
        if vars(self._owner).get(self._name) is self._ours:
            setattr(self._owner, self._name, self._original)


def disguised(function: Any, like: FunctionType) -> Any:
    """Return ``function`` as if it were written in the module of ``like``.

    Loggers look for their caller by walking up the stack past their own files (stdlib, the interception
    handlers of loguru bots) or their own modules (structlog). A frame of ours between theirs would be taken
    for the caller, and the bot's console would name our file. So ``function`` must reach all it needs
    through its closure: its globals become those of ``like``.
    """
    code = function.__code__.replace(co_filename=like.__code__.co_filename, co_firstlineno=like.__code__.co_firstlineno)
    copy = FunctionType(code, like.__globals__, function.__name__, function.__defaults__, function.__closure__)
    copy.__kwdefaults__ = function.__kwdefaults__
    return functools.update_wrapper(copy, function.__wrapped__)
