"""The runtime override files: what each server reads again every ten seconds."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from keeper.policy import BURST

if TYPE_CHECKING:
    from collections.abc import Callable

    from keeper.policy import State

_TEMPO = Path(__file__).with_name("tempo_tenant.yaml")
_HEAD = "# Written by the keeper; what is changed here by hand is written over.\n"

# Loki ends a refusal at the time given here even if the keeper is gone, so it is given anew while it lasts.
_REFUSED_FOR, _GIVEN_ANEW = 900, 300
_MB = 2**20


def loki(state: State, now: float) -> str:
    """Return Loki's file: the retention, and how much new data it takes (the answer 429 has the rest sent again)."""
    lines = ["overrides:", "  fake:", f"    retention_period: {duration(state.retention)}"]
    if state.refusing:
        until = datetime.fromtimestamp((now + _REFUSED_FOR) // _GIVEN_ANEW * _GIVEN_ANEW, tz=timezone.utc)
        lines += [f'    block_ingestion_until: "{until:%Y-%m-%dT%H:%M:%SZ}"', "    block_ingestion_status_code: 429"]
    elif state.pace is not None:
        lines += [f"    ingestion_rate_mb: {state.pace / _MB:g}"]
        lines += [f"    ingestion_burst_size_mb: {BURST // _MB}"]
    return _HEAD + "\n".join(lines) + "\n"


def tempo(state: State, _now: float) -> str:
    """Return Tempo's file: all the tenant's limits, with this retention and pace (a byte a second lets nothing in)."""
    text = _with(_TEMPO.read_text(encoding="utf-8"), "block_retention", duration(state.retention))
    if state.pace is not None:
        rate, size = (1, 1) if state.refusing else (state.pace, BURST)
        text = _with(_with(text, "rate_limit_bytes", str(rate)), "burst_size_bytes", str(size))
    return _HEAD + text[text.index("overrides:\n") :]


DOCUMENTS: dict[str, Callable[[State, float], str]] = {"loki": loki, "tempo": tempo}


def duration(seconds: int) -> str:
    """Return a duration as both servers read it, in hours, minutes and seconds."""
    parts = ((seconds // 3600, "h"), (seconds // 60 % 60, "m"), (seconds % 60, "s"))
    return "".join(f"{number}{unit}" for number, unit in parts if number) or "0s"


def write(path: Path, text: str) -> bool:
    """Put the text there in one step, so that no server reads half a file; False if it stands there already."""
    try:
        if path.read_text(encoding="utf-8") == text:
            return False
    except FileNotFoundError:
        pass
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(text, encoding="utf-8")
    beside.chmod(0o644)
    beside.replace(path)
    return True


def _with(text: str, key: str, value: str) -> str:
    changed, times = re.subn(rf"^( +{key}:).*$", rf"\1 {value}", text, flags=re.MULTILINE)
    if times != 1:
        raise ValueError(f"{_TEMPO.name} has {key} {times} times")
    return changed
