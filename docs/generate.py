"""Generate the pages and pictures that come from code: ``python docs/generate.py [--check | --picture]``.

Without an option writes ``docs/settings.md`` from the table of settings; ``--check`` only says whether it is
stale. ``--picture`` runs the demo and draws ``docs/story.svg``, the picture of the README, from its telemetry.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from otel_trading.distro import DEFAULTS
from otel_trading.settings import TABLE

DOCS = Path(__file__).resolve().parent
SETTINGS = DOCS / "settings.md"

HEAD = """\
# Settings

Generated from `otel_trading/settings.py` by `make generate`: change that, not this page.

All are environment variables. A wrong value never stops a bot: the default holds, and the log names the variable
and what it takes.

| Variable | Default | Meaning |
|---|---|---|
"""

STANDARD = """
## Standard variables

`OTEL_*` variables mean what they mean everywhere. The distribution sets these where you leave them unset:

| Variable | Set to | Why |
|---|---|---|
"""

WHY = {
    "OTEL_EXPORTER_OTLP_PROTOCOL": "The same CPU as gRPC, half the import time, 16 MB less memory.",
    "OTEL_METRIC_EXPORT_INTERVAL": "Alert rules look at minutes; metrics a minute old are seen too late.",
    "OTEL_EXPERIMENTAL_RESOURCE_DETECTORS": "Which process on which host sent the order. "
    "Command arguments stay out: bots pass secrets there.",
}

END = """\
| `OTEL_TRACES_EXPORTER`, `OTEL_LOGS_EXPORTER`, `OTEL_METRICS_EXPORTER` | by `OTEL_TRADING_EXPORT` | \
`otel_trading` is the local store, `otlp` a receiver. |

`OTEL_SERVICE_NAME` defaults to the name of the bot's script, as `unknown_service` would put every bot of a desk into
one. `OTEL_PYTHON_LOG_HANDLER_LEVEL` (default `info`) is the level from which log records are exported.
"""


def settings_page() -> str:
    """Return the page of settings."""
    rows = "".join(f"| `{row.variable}` | {_default(row.default)} | {row.meaning} |\n" for row in TABLE.values())
    standard = "".join(f"| `{name}` | `{value}` | {WHY[name]} |\n" for name, value in DEFAULTS.items())
    return HEAD + rows + STANDARD + standard + END


def _default(value: object) -> str:
    if value is None or value in ("", ()):
        return ""
    return f"`{value}`"


def draw() -> None:
    """Run the demo and draw its most telling story."""
    command = [sys.executable, "-m", "otel_trading.cli", "demo", "--seconds", "12", "--svg", str(DOCS / "story.svg")]
    subprocess.run(command, check=True)  # noqa: S603 - our own command


def main(arguments: list[str]) -> int:
    """Generate what ``arguments`` ask for; returns the exit code."""
    if "--picture" in arguments:
        draw()
        return 0
    if "--check" in arguments:
        fresh = SETTINGS.is_file() and SETTINGS.read_text(encoding="utf-8") == settings_page()
        print("" if fresh else "docs/settings.md is stale: make generate", end="" if fresh else "\n")
        return 0 if fresh else 1
    SETTINGS.write_text(settings_page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
