"""What the doctor is called to: an environment as a shell would give it, and the findings in it."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

from otel_trading import config_file, settings, standard
from otel_trading.distro import set_defaults
from otel_trading.doctor import CHECKS, Situation, checks
from otel_trading.doctor.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from otel_trading.doctor import Finding

OK, NOTE, WARNING, ERROR = Severity


def situation(
    store: Path, more: Mapping[str, str] | None = None, *, offline: bool = False, timeout: float = 1.0, **environ: str
) -> Situation:
    """Return the situation of a bot that would be started with these variables beside the ones there are."""
    given = {**os.environ, "OTEL_TRADING_STORE": str(store), **environ, **(more or {})}
    effective = dict(given)
    wrong = standard.repair(effective)
    set_defaults(effective)
    file = config_file.read(given)
    found, problems = settings.load(given, file.section if file is not None else None)
    return Situation(
        environ=given,
        effective=effective,
        settings=found,
        problems=[*wrong, *(file.problems if file is not None else ()), *problems],
        store=found.store,
        now_ns=time.time_ns(),
        timeout=timeout,
        offline=offline,
        file=file,
        python=sys.version_info[:2],
    )


def check(name: str, here: Situation) -> dict[str, Finding]:
    """Run one check and return what it found by code."""
    return {found.code: found for found in run(name, CHECKS[name], here)}


def run(name: str, each: Callable[[Situation], Iterable[Finding]], here: Situation) -> list[Finding]:
    """Run something as a check."""
    return list(checks._run(name, each, here))


def install(folder: Path, name: str, version: str, *, requires: tuple[str, ...] = (), entry_points: str = "") -> None:
    """Put the metadata of a distribution into a folder, as an installer would."""
    info = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    lines += [f"Requires-Dist: {each}" for each in requires]
    (info / "METADATA").write_text("\n".join(lines) + "\n")
    (info / "entry_points.txt").write_text(entry_points)
