"""What a user has masked beyond what is masked anyway: attributes by name, and text by pattern."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from otel_trading import settings
from otel_trading.patterns import pieces
from otel_trading.telemetry.masking.rule import MASK

if TYPE_CHECKING:
    from otel_trading.settings import Settings


def is_named(key: str) -> bool:
    """Tell whether ``OTEL_TRADING_MASK_KEYS`` names ``key``, in whatever case."""
    keys = settings.current().mask_keys
    return bool(keys) and key.lower() in _lower(keys)


@lru_cache(maxsize=4)
def _lower(keys: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(str.lower, keys))


def masked(text: str) -> str:
    """Return ``text`` without what the patterns of ``OTEL_TRADING_MASK_PATTERNS`` match."""
    found = settings.current()
    if not found.mask_patterns:
        return text
    return "".join(_masked(piece, found) for piece in pieces(text))


def _masked(text: str, found: Settings) -> str:
    for pattern in found.mask_patterns:
        text = pattern.sub(MASK, text)
    return text
