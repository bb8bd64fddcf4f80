"""The keeper's log: logfmt on standard output, as Loki and Tempo write theirs."""

from __future__ import annotations

import json
import sys
from datetime import datetime, timezone


def log(level: str, message: str, **fields: object) -> None:
    """Write one line."""
    now = f"{datetime.now(timezone.utc):%Y-%m-%dT%H:%M:%S.%fZ}"
    pairs = {"ts": now, "level": level, "msg": message, **fields}
    sys.stdout.write(" ".join(f"{key}={_quoted(str(value))}" for key, value in pairs.items()) + "\n")
    sys.stdout.flush()


def _quoted(text: str) -> str:
    plain = text and text.isprintable() and not set(text) & set(' "=')
    return text if plain else json.dumps(text, ensure_ascii=False)
