"""Checks of what ``opentelemetry-instrument`` would load: itself, one distribution, one configurator, instrumentors."""

from __future__ import annotations

import difflib
import shutil
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

from otel_trading.doctor.finding import error, fine, note, warning
from otel_trading.doctor.installed import entries, is_ours

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.metadata import EntryPoint

    from otel_trading.doctor.finding import Finding
    from otel_trading.doctor.situation import Situation

LAUNCHER = "opentelemetry-instrument"
_NAME = "otel_trading"
_PARTS = {
    "distro": ("opentelemetry_distro", "OTEL_PYTHON_DISTRO"),
    "configurator": ("opentelemetry_configurator", "OTEL_PYTHON_CONFIGURATOR"),
}
_DISABLED = "OTEL_PYTHON_DISABLED_INSTRUMENTATIONS"
_OF_LOOPS = "asyncio"
"""Ours that records no orders: it measures event loops."""


def check_launcher(situation: Situation) -> Iterator[Finding]:
    """Find an ``opentelemetry-instrument`` that is missing, or that belongs to another environment."""
    own = Path(sysconfig.get_path("scripts")) / LAUNCHER
    there = shutil.which(LAUNCHER, path=situation.environ.get("PATH"))
    if not own.exists():
        remedy = "pip install --force-reinstall opentelemetry-instrumentation"
        yield error("launcher.missing", f"{LAUNCHER} is not installed beside this Python", str(own), remedy=remedy)
    elif there is None:
        remedy = f"Start bots with {own}, or activate the environment."
        yield note("launcher.path", f"{LAUNCHER} is not on the PATH", remedy=remedy)
    elif Path(there).parent.resolve() != own.parent.resolve():
        remedy = f"Start bots with {own}, or activate the environment that otel-trading is installed in."
        title = f"{LAUNCHER} on the PATH belongs to another environment"
        yield warning("launcher.elsewhere", title, f"found {there}", f"ours {own}", remedy=remedy)
    else:
        yield fine("launcher", f"{LAUNCHER} is of this environment", there)


def check_distribution(situation: Situation) -> Iterator[Finding]:
    """Find other distributions of OpenTelemetry, and say which one is loaded."""
    for part, (group, variable) in _PARTS.items():
        chosen = situation.environ.get(variable)
        found = entries(group)
        loaded = next((each for each in found if chosen is None or each.name == chosen), None)
        yield _judged(part, variable, chosen, loaded, [each for each in found if not is_ours(each)])


def check_instrumentors(situation: Situation) -> Iterator[Finding]:
    """Find instrumentors that are switched off."""
    found = entries("opentelemetry_instrumentor")
    names = {each.name for each in found}
    off = [name.strip() for name in situation.environ.get(_DISABLED, "").split(",") if name.strip()]
    of_orders = [each for each in found if is_ours(each) and each.name != _OF_LOOPS]
    ours = sorted(each.name for each in of_orders if each.name in off or "*" in off)
    if ours:
        title = f"Orders are not recorded: {_DISABLED} switches off {', '.join(ours)}"
        yield error("instrumentors.off", title, f"{_DISABLED}={','.join(off)}", remedy=f"Take it out of {_DISABLED}.")
    for name in off:
        if name not in names and name != "*":
            near = difflib.get_close_matches(name, sorted(names), n=1)
            remedy = f"Is {near[0]} meant?" if near else f"Take it out of {_DISABLED}."
            yield warning("instrumentors.unknown", f"{_DISABLED} names {name}, which is none", remedy=remedy)
    others = sorted(set(off) & names - set(ours))
    if others:
        yield note("instrumentors.others", f"Switched off: {', '.join(others)}", f"{_DISABLED}={','.join(off)}")
    if not off:
        yield fine("instrumentors", f"Instrumentors: {', '.join(sorted(names))}")


def _judged(
    part: str, variable: str, chosen: str | None, loaded: EntryPoint | None, rivals: list[EntryPoint]
) -> Finding:
    remedy = f"Set {variable}={_NAME}, or uninstall the other one."
    seen = [f"{each.name} = {each.value} (of {_package(each)})" for each in rivals]
    if loaded is None:
        title = f"{variable}={chosen!r} names no {part} that is installed, so none of ours is loaded"
        return error("distribution.unknown", title, *seen, remedy=f"Set {variable}={_NAME}, or unset it.")
    if not is_ours(loaded):
        title = f"The {part} of {_package(loaded)} is loaded in place of ours"
        return error("distribution.lost", title, *seen, remedy=remedy)
    if rivals and chosen is None:
        title = f"Two distributions are installed; our {part} wins only by the order in which they are found"
        return warning("distribution.rival", title, *seen, remedy=remedy)
    return fine("distribution", f"The {part} is ours", *seen)


def _package(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist is not None else entry.module.partition(".")[0]
