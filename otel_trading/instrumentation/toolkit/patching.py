"""Replacing attributes of classes, and putting the very same objects back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Patches:
    """The replacements of one instrumentor."""

    def __init__(self) -> None:
        self.active = False
        self._replaced: list[tuple[type, str, Any, Any]] = []
        self._originals: dict[int, Any] = {}  # id of a replacement -> what it stands for

    def replace(self, owner: type, name: str, make: Callable[[Any], Any]) -> None:
        """Replace the attribute ``name`` that ``owner`` itself defines by ``make(original)``, once."""
        original = vars(owner)[name]
        if id(original) in self._originals:
            return
        replacement = make(original)
        self._originals[id(replacement)] = original
        self._replaced.append((owner, name, original, replacement))
        setattr(owner, name, replacement)

    def restore(self, families: Iterable[type] = ()) -> None:
        """Put every original back, where nobody replaced ours since.

        ``families`` are classes that may have copied replacements under other names (ccxt copies
        ``create_order`` to ``createOrder`` when a class is first instantiated); the copies are put right too.
        """
        for owner, name, original, replacement in reversed(self._replaced):
            if vars(owner).get(name) is replacement:
                setattr(owner, name, original)
        for owner in families:
            for name, found in list(vars(owner).items()):
                original = self._originals.get(id(found))
                if original is not None:
                    setattr(owner, name, original)
        self._replaced.clear()
        self._originals.clear()
