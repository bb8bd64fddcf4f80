"""The table of what is fuzzed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fuzz import masking, settings, stores

if TYPE_CHECKING:
    from collections.abc import Callable


class Target(NamedTuple):
    """``setup`` is called once a process, ``run`` with each input; ``longest`` is an input's most bytes."""

    setup: Callable[[], None]
    run: Callable[[bytes], None]
    longest: int = 256


TARGETS = {
    "masking": Target(masking.setup, masking.run),
    "settings": Target(settings.setup, settings.run),
    "reader": Target(stores.setup, stores.read),
    "replay": Target(stores.setup, stores.send),
}
