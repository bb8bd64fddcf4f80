"""Every function of a library that is loaded: what an instrumentor replaces and has to put back."""

from __future__ import annotations

import gc
import sys
from importlib import metadata
from types import ModuleType
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def functions(library: str) -> Mapping[str, object]:
    """Return what can be called in the loaded modules of a distribution, and in classes derived from its own."""
    gc.collect()  # classes of tests that have ended
    packages = _packages(library)
    found: dict[str, object] = {}
    classes: set[type] = set()
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in packages and isinstance(module, ModuleType):
            for attribute, value in list(vars(module).items()):
                if isinstance(value, type):
                    if value.__module__.partition(".")[0] in packages:
                        classes.update(_family(value))
                elif callable(value):
                    found[f"{name}.{attribute}"] = value
    for kind in classes:
        name = f"{kind.__module__}.{kind.__qualname__}@{id(kind)}"  # classes made in functions share their names
        found[name] = kind  # kept, so that no other class gets its place in memory meanwhile
        for attribute, value in list(vars(kind).items()):
            if callable(value) or isinstance(value, (staticmethod, classmethod, property)):
                found[f"{name}.{attribute}"] = value
    return found


def _packages(library: str) -> set[str]:
    wanted = canonicalize_name(library)
    return {
        package
        for package, distributions in metadata.packages_distributions().items()
        if wanted in {canonicalize_name(name) for name in distributions}
    }


def _family(kind: type) -> Iterator[type]:
    yield kind
    subclasses: list[type] = type.__subclasses__(kind)
    for derived in subclasses:
        yield from _family(derived)
