"""Copies of parts of the model of a configuration file."""

from __future__ import annotations

import copy
from typing import Any


def changed(config: Any, **fields: Any) -> Any:
    """Return a copy of ``config`` with these fields set otherwise; what it keeps beside them is kept."""
    made = copy.copy(config)
    for name, value in fields.items():
        setattr(made, name, value)
    return made
