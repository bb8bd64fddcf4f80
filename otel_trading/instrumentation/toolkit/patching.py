"""Replacing attributes of classes and modules, and putting the very same objects back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


class Patches:
    """The replacements of one instrumentor."""

    def __init__(self) -> None:
        self.active = False
        self._replaced: list[tuple[Any, str, Any, Any]] = []
        self._originals: dict[int, Any] = {}  # id of a replacement -> what it stands for
        self._replacements: dict[int, Any] = {}  # id of an original -> what stands for it

    def replace(self, owner: Any, name: str, make: Callable[[Any], Any]) -> None:
        """Replace ``name`` of ``owner``, a class or module that itself has it, by ``make(original)``, once."""
        original = vars(owner)[name]
        if id(original) in self._originals:
            return
        replacement = make(original)
        self._originals[id(replacement)] = original
        self._replacements.setdefault(id(original), replacement)
        self._replaced.append((owner, name, original, replacement))
        setattr(owner, name, replacement)

    def replace_copies(self, families: Iterable[type]) -> None:
        """Replace what ``families`` hold of replaced originals under other names.

        ccxt copies ``create_order`` to ``createOrder``, into the class of each instance that is made; so did the
        instances made before.
        """
        _swap(families, self._replacements)

    def restore(self, families: Iterable[type] = ()) -> None:
        """Put every original back, where nobody replaced ours since; in ``families`` under other names too."""
        for owner, name, original, replacement in reversed(self._replaced):
            if vars(owner).get(name) is replacement:
                setattr(owner, name, original)
        _swap(families, self._originals)
        self._replaced.clear()
        self._originals.clear()
        self._replacements.clear()


def _swap(families: Iterable[type], instead: Mapping[int, Any]) -> None:
    for owner in families:
        for name, found in list(vars(owner).items()):
            if id(found) in instead:
                setattr(owner, name, instead[id(found)])
