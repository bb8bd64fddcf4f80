"""The boards as files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from dashboards.boards import boards

if TYPE_CHECKING:
    from dashboards.board import Board

ROOT: Final = Path(__file__).resolve().parent.parent
FOLDER: Final = Path("grafana") / "dashboards"


def files() -> dict[Path, str]:
    """Return what the folder has to hold, by path below the repository."""
    return {
        FOLDER / f"{board.uid}.json": json.dumps(content(board), indent=2, ensure_ascii=False) + "\n"
        for board in boards()
    }


def content(board: Board) -> dict[str, Any]:
    """Return a board as its file holds it: classic dashboard JSON."""
    made: dict[str, Any] = _plain(json.loads(json.dumps(board.model(), cls=JSONEncoder)))
    return made


def _plain(value: Any) -> Any:
    """Leave out what the SDK always says and nobody asked for.

    It hides links and annotations in a menu, and writes links of values as if they were links of the board.
    """
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("type") == "link" and "url" in value:
        return {key: value[key] for key in ("title", "url", "targetBlank")}
    hidden = {key for key in ("placement",) if value.get(key) == "inControlsMenu"}
    return {key: _plain(item) for key, item in value.items() if key not in hidden}


def write(root: Path = ROOT) -> list[Path]:
    """Write what is stale, remove boards that are no more, and return the paths of both."""
    changed = stale(root)
    made = files()
    for path in changed:
        if path in made:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(made[path], encoding="utf-8")
        else:
            (root / path).unlink()
    return changed


def stale(root: Path = ROOT) -> list[Path]:
    """Return the files that are not what the boards say, those that are missing or too many among them."""
    made = files()
    there = {FOLDER / path.name: path.read_text(encoding="utf-8") for path in (root / FOLDER).glob("*.json")}
    return sorted(path for path in {*made, *there} if made.get(path) != there.get(path))
