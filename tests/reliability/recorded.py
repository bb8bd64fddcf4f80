"""What was seen of every pitfall: ``python -m tests.reliability.recorded [name ...]`` records it anew, or of these.

The page (``docs/reliability.md``) is written from the recorded file, and the tests hold the file to be true.
"""

from __future__ import annotations

import json
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.reliability.running import run_both
from tests.reliability.table import FAMILIES, PITFALLS

if TYPE_CHECKING:
    from tests.reliability.pitfall import Pitfall

FILE = Path(__file__).with_name("recorded.json")
PACKAGES = ("opentelemetry-sdk", "opentelemetry-instrumentation")


def row(pitfall: Pitfall, plain: str, ours: str) -> dict[str, str]:
    """Return what the file says of a pitfall: what was seen, and the reasons that go with it."""
    told = {
        "name": pitfall.name,
        "pitfall": pitfall.title,
        "plain": plain,
        "ours": ours,
        "not_reproduced": pitfall.not_reproduced,
        "still": pitfall.still,
        "remark": pitfall.remark,
    }
    return {key: words for key, words in told.items() if words}


def load() -> dict[str, dict[str, str]]:
    """Return the recorded rows by name."""
    families: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))["families"]
    return {found["name"]: found for family in families for found in family["rows"]}


def measured(pitfall: Pitfall, folder: Path) -> dict[str, str]:
    """Run ``pitfall`` on both sides, and return its row."""
    seen = run_both(pitfall, folder)
    return row(pitfall, seen.plain.words, seen.ours.words)


def record(names: list[str]) -> None:
    """Run the pitfalls of these names, and write the file; of the others it says what it said."""
    kept = load() if set(PITFALLS) - set(names) else {}
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
        made = dict(zip(names, pool.map(lambda name: measured(PITFALLS[name], Path(folder, name)), names), strict=True))
    for name, old in kept.items():
        if name in PITFALLS:
            made.setdefault(name, row(PITFALLS[name], old["plain"], old["ours"]))
    families = [
        {"family": family, "rows": [made[pitfall.name] for pitfall in pitfalls]}
        for family, pitfalls in FAMILIES.items()
    ]
    versions = {package: version(package) for package in PACKAGES}
    text = json.dumps({"versions": versions, "families": families}, indent=1, ensure_ascii=False)
    FILE.write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    record(sys.argv[1:] or list(PITFALLS))
