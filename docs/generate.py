"""Generate the pages and pictures: ``python docs/generate.py [--check | --picture | --reliability]``.

Without an option writes ``docs/settings.md`` from the table of settings, ``docs/libraries.md`` from the conformance
suite, and ``docs/reliability.md`` from what was recorded of the pitfalls; ``--check`` only says which of them is
stale. ``--picture`` runs the demo and draws ``docs/story.svg``, the picture of the README, from its telemetry.
``--reliability`` runs every pitfall anew (some minutes), records what is seen, and writes its page; that the record
is true is for ``tests/reliability`` to say.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from otel_trading.distro import DEFAULTS
from otel_trading.settings import TABLE

if TYPE_CHECKING:
    from collections.abc import Mapping

DOCS = Path(__file__).resolve().parent
RECORDED = DOCS.parent / "tests" / "reliability" / "recorded.json"

HEAD = """\
# Settings

Generated from `otel_trading/settings.py` by `make generate`: change that, not this page.

Each is an environment variable, or a key of a [configuration file](configuration-file.md) under
`distribution: otel_trading:`, which comes first. A wrong value never stops a bot: the default holds, and the log names
the variable, or file and key, and what it takes.

| Variable | Key in the file | Default | Meaning |
|---|---|---|---|
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
    "Command arguments stay out, for bots pass secrets there, and the login that the bot runs under. Children of a bot "
    "have ids of their own.",
}

END = """\
| `OTEL_TRACES_EXPORTER`, `OTEL_LOGS_EXPORTER`, `OTEL_METRICS_EXPORTER` | by `OTEL_TRADING_EXPORT` | \
`otel_trading` is the local store, `otlp` a receiver. |

`service.instance.id` in `OTEL_RESOURCE_ATTRIBUTES` (or in a file) is the bot's; each child it makes, by fork, spawn or
`subprocess`, has that id and its process number, as in `desk-7-4711`: counters of two processes under one id are taken
for one by a store of metrics. Where none is chosen, each process has a random one.

`OTEL_SERVICE_NAME` defaults to the name of the bot's script, as `unknown_service` would put every bot of a desk into
one. `OTEL_PYTHON_LOG_HANDLER_LEVEL` (default `info`) is the level from which log records are exported.
"""


def settings_page() -> str:
    """Return the page of settings."""
    rows = "".join(
        f"| `{row.variable}` | `{name}` | {_default(row.default)} | {row.meaning} |\n" for name, row in TABLE.items()
    )
    standard = "".join(f"| `{name}` | `{value}` | {WHY[name]} |\n" for name, value in DEFAULTS.items())
    return HEAD + rows + STANDARD + standard + END


RELIABILITY = """\
# Reliability

Generated from what `tests/reliability` sees, by `make generate`: change the pitfalls there, not this page.

Each pitfall is a small program, run twice under `opentelemetry-instrument` with a receiver on this machine: under the
plain SDK, and with us. The same fact is measured of both. `make test` runs all of them, and fails where one is not as
told here.

The plain SDK is {versions},
over `http/protobuf` as we send by default, with what else `opentelemetry-distro` sets, and with the instrumentations
that we install (those for logging, threads and requests; the others have no part in this).

"The bound" is `OTEL_TRADING_SHUTDOWN_SECONDS`, 2 s by default; the tests allow 1.5 s more for a busy machine.
"""

COLUMNS = """
| Pitfall | Plain SDK | otel-trading |
|---|---|---|
"""


def reliability_page() -> str:
    """Return the page of pitfalls."""
    recorded = json.loads(RECORDED.read_text(encoding="utf-8"))
    page = RELIABILITY.format(versions=", ".join(f"{name} {number}" for name, number in recorded["versions"].items()))
    for family in recorded["families"]:
        page += f"\n## {family['family']}\n{COLUMNS}" + "".join(map(_pitfall, family["rows"]))
    return page


def _pitfall(row: Mapping[str, str]) -> str:
    title = row["pitfall"] + (f"<br>{row['remark']}" if "remark" in row else "")
    plain = row["plain"] + (f"<br>Not reproduced here: {row['not_reproduced']}." if "not_reproduced" in row else "")
    ours = row["ours"] + (f"<br>What remains: {row['still']}." if "still" in row else "")
    return f"| {title} | {_capital(plain)} | {_capital(ours)} |\n"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


LIBRARIES = """\
# Libraries

Generated from the drivers of the conformance suite, by `make generate`: change `tests/conformance`, not this page.

`pip install otel-trading[alpaca]` (or `binance`, `bybit`, `ccxt`, `fix`, `freqtrade`, `ib`, `nautilus`, `quickfix`;
`all` are those that fit into one environment), and the bot is started as before, behind `opentelemetry-instrument`.
The same spans, metrics, events and stories come from every library. One that is not installed costs nothing at
start. A version that was not tried is instrumented all the same, with one warning in the log and in `otel-trading
doctor`.

The suite is written once and runs for every library, the real one, against a venue on this machine that speaks the
real protocol. `make test` runs all of it; `examples/` has a bot for each library.

"""


def libraries_page() -> str:
    """Return the page of trading libraries."""
    sys.path.insert(0, str(DOCS.parent))
    from tests.conformance import remarks, table  # noqa: PLC0415 - the repository's root is no place of this script's

    sections = (f"\n## {name}\n\n{text}\n" for name, text in remarks.REMARKS.items() if text)
    return LIBRARIES + table.render() + "\n" + "".join(sections)


PAGES = {
    DOCS / "settings.md": settings_page,
    DOCS / "libraries.md": libraries_page,
    DOCS / "reliability.md": reliability_page,
}


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
        stale = [
            page for page, text in PAGES.items() if not page.is_file() or page.read_text(encoding="utf-8") != text()
        ]
        for page in stale:
            print(f"docs/{page.name} is stale: make generate")
        return 1 if stale else 0
    if "--reliability" in arguments:
        command = [sys.executable, "-m", "tests.reliability.recorded"]
        subprocess.run(command, cwd=DOCS.parent, check=True)  # noqa: S603 - our own command
    for page, text in PAGES.items():
        page.write_text(text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
