"""From what was seen of a bot to findings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from otel_trading.doctor.bot import bot_logging
from otel_trading.doctor.finding import error, fine, note, warning
from otel_trading.doctor.loading import LAUNCHER
from otel_trading.doctor.losses import dropped_finding, errors_finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from otel_trading.doctor.bot.seen import Seen
    from otel_trading.doctor.finding import Finding

_FAILED = "Failed to auto initialize OpenTelemetry"
_START = f"Start it with: {LAUNCHER} python bot.py"
_CONFIGURED = "opentelemetry.sdk."
_OURS = "otel_trading."


def explain(seen: Seen) -> Iterator[Finding]:
    """Yield what is wrong inside a bot, and what is well."""
    yield from _ending(seen)
    if not seen.reports:
        yield _nothing_loaded(seen)
        return
    if seen.wrapped:
        yield note("bot.started", f"The doctor started the bot with {LAUNCHER}", remedy=f"Always do. {_START}")
    for report in seen.reports:
        if report["configured_in"] == report["pid"]:
            yield from _loading(report)
            yield from bot_logging.explain(report)
    yield from _children(seen)
    yield from _trading(seen)


def _ending(seen: Seen) -> Iterator[Finding]:
    if seen.exit_code is None:
        title = "The bot did not end on Ctrl-C and SIGTERM, and was killed: its last records are lost"
        yield warning("bot.killed", title, remedy="Have it end on SIGTERM; leave that signal alone, and we flush.")
    elif seen.ended_itself and seen.exit_code:
        title = f"The bot ended by itself after {seen.seconds:.0f} s with exit code {seen.exit_code}"
        yield note("bot.exit", title, *seen.lines[-1:], remedy="Read its output.")


def _nothing_loaded(seen: Seen) -> Finding:
    for number, line in enumerate(seen.lines):
        if _FAILED in line:
            trace = [each for each in seen.lines[number + 1 :] if each.strip()]
            last = next((each for each in trace[1:] if not each.startswith((" ", "Traceback"))), "")
            title = "OpenTelemetry could not be set up in the bot: nothing is recorded"
            return error("bot.setup_failed", title, last or line, remedy="The other findings say which value is wrong.")
    title = f"No telemetry was loaded into the bot within {seen.seconds:.0f} s"
    remedy = (
        f"{_START}, with the Python of the environment that otel-trading is installed in, without its options -E,"
        " -I and -S, and with PYTHONPATH passed on by scripts, service files and sudo."
    )
    return error("bot.not_instrumented", title, *seen.lines[-1:], remedy=remedy)


def _loading(report: dict[str, Any]) -> Iterator[Finding]:
    where = f"{report['program'] or 'python'} (process {report['pid']})"
    distro, providers = report["distro"], report["providers"]
    if not distro.startswith(_OURS):
        title = f"{where} was set up by another distribution: {distro or 'none'}"
        yield error("bot.other_distribution", title, remedy="Set OTEL_PYTHON_DISTRO=otel_trading.")
    missing = [signal for signal, each in providers.items() if not each["type"].startswith(_CONFIGURED)]
    foreign = [
        signal
        for signal, each in providers.items()
        if signal not in missing and signal != "metrics" and not any(p.startswith(_OURS) for p in each["processors"])
    ]
    if missing:
        seen = (f"{signal}: {providers[signal]['type']}" for signal in missing)
        title = f"{where} records no {', '.join(missing)}: there is no SDK behind"
        yield error("bot.no_provider", title, *seen, remedy="Is OTEL_SDK_DISABLED set, or OTEL_PYTHON_CONFIGURATOR?")
    if foreign:
        title = f"{where} sends {', '.join(foreign)} through a pipeline that is not ours"
        remedy = "Set OTEL_PYTHON_CONFIGURATOR=otel_trading, and set up no providers in the bot's code."
        yield error("bot.other_provider", title, remedy=remedy)
    for failure in report["failures"]:
        remedy = "Update the two to fit each other, or name it in OTEL_PYTHON_DISABLED_INSTRUMENTATIONS."
        yield error("bot.instrumentor_failed", f"An instrumentor failed: {failure}", remedy=remedy)
    active = sorted(name for name, at_work in report["instrumentors"].items() if at_work)
    if not (missing or foreign or report["failures"]) and distro.startswith(_OURS):
        yield fine("bot", f"{where} is set up by us; instrumentors at work: {', '.join(active) or 'none'}")


def _children(seen: Seen) -> Iterator[Finding]:
    forked = [each for each in seen.strays if each.forked]
    others = [each for each in seen.strays if not each.forked]
    if forked:
        title = f"{len(forked)} processes were forked before telemetry was set up: they record nothing"
        remedy = f"{_START}: it sets up before the bot's first line; or fork after calling initialize()."
        yield error("bot.forked_early", title, *(f"process {each.pid}" for each in forked), remedy=remedy)
    if others:
        title = f"{len(others)} Python processes of the bot are without telemetry"
        remedy = f"Pass PYTHONPATH on to them, start them without -E and -I, or start them with {LAUNCHER}."
        yield warning("bot.child", title, *(f"process {each.pid}: {each.command}" for each in others), remedy=remedy)


def _trading(seen: Seen) -> Iterator[Finding]:
    orders = sum(report["orders"] for report in seen.reports)
    libraries = sorted({name for report in seen.reports for name in report["libraries"]})
    if orders:
        yield fine("bot.orders", f"Orders seen in {seen.seconds:.0f} s: {orders}")
    elif not libraries:
        title = f"The bot loaded no trading library in {seen.seconds:.0f} s"
        yield note("bot.no_library", title, remedy="Tell of its orders with order(...): docs/api.md.")
    else:
        title = f"The bot loaded {', '.join(libraries)}, and no order was seen in {seen.seconds:.0f} s"
        yield note("bot.no_orders", title, remedy="Watch for longer, until it trades: --run 300.")
    for report in seen.reports:
        for signal, reason, count in report["dropped"]:
            yield dropped_finding(f"Process {report['pid']} lost {count} {signal} ({reason})", reason)
    errors = sorted({kind for report in seen.reports for kind in report["errors"]})
    if errors:
        yield errors_finding(*errors)
