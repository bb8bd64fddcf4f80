"""Which files are generated, and whether they are up to date."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from model import page, python

if TYPE_CHECKING:
    from model.schema import Model

ROOT: Final = Path(__file__).parent.parent


def files(model: Model) -> dict[str, str]:
    """Return the content of every generated file by its path from the repository's root."""
    return {
        "otel_trading/semconv/__init__.py": python.package(model),
        "otel_trading/semconv/attributes.py": python.attributes(model),
        "otel_trading/semconv/metrics.py": python.metrics(model),
        "otel_trading/semconv/events.py": python.events(model),
        "otel_trading/semconv/spans.py": python.spans(model),
        "docs/telemetry.md": page.page(model),
    }


def stale(model: Model, root: Path = ROOT) -> list[str]:
    """Return the paths whose file is missing or has another content."""
    return [path for path, content in files(model).items() if _read(root / path) != content]


def write(model: Model, root: Path = ROOT) -> list[str]:
    """Write the files that are not up to date, and return their paths."""
    changed = stale(model, root)
    contents = files(model)
    for path in changed:
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(contents[path], encoding="utf-8")
    return changed


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None
