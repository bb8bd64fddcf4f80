"""The trading semantic conventions: names of attributes, metrics, events and spans.

Generated from the registry in model/ by ``python -m model``: change that, not this file.
"""

from __future__ import annotations

from typing import Final

SCHEMA_URL: Final = "https://otel-trading.example/schemas/0.1.0"
"""The version of the conventions, as tracers, meters and loggers state it."""
