"""One module for each board, found by their ``BOARD``; none needs to be listed anywhere."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from dashboards.board import Board


def boards() -> tuple[Board, ...]:
    """Return all boards in their order."""
    found = [getattr(import_module(f"{__name__}.{module.name}"), "BOARD", None) for module in iter_modules(__path__)]
    return tuple(sorted((each for each in found if isinstance(each, Board)), key=lambda each: each.order))
