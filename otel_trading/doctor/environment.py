"""Checks of the environment variables a bot would be started with."""

from __future__ import annotations

import contextlib
import difflib
import logging
from typing import TYPE_CHECKING

from opentelemetry.instrumentation.logging import environment_variables

from otel_trading import settings
from otel_trading.doctor.declared import SECTIONS, is_sampled, unusable
from otel_trading.doctor.finding import error, fine, note, warning
from otel_trading.doctor.installed import entries
from otel_trading.doctor.situation import SIGNALS
from otel_trading.setting_sources import NODE
from otel_trading.telemetry.logs import config

if TYPE_CHECKING:
    from collections.abc import Iterator

    from otel_trading.config_file import ConfigFile
    from otel_trading.doctor.finding import Finding
    from otel_trading.doctor.situation import Situation

_OURS = "OTEL_TRADING_"
_NEAR = 0.9
_LEVEL = "OTEL_PYTHON_LOG_HANDLER_LEVEL"
_CAPTURE = "OTEL_PYTHON_LOG_AUTO_INSTRUMENTATION"
_IN_FILE = ": distribution."
_WHY_ALL = "an order is rare, and each one matters. Sample in the Collector."
_OTLP_NAMES = {"otlp", "otlp_http", "otlp_grpc", "otlp_proto_http", "otlp_proto_grpc"}


def check_sdk(situation: Situation) -> Iterator[Finding]:
    """Find what switches the SDK off, or puts it together in another way."""
    environ = situation.environ
    if environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        yield error("sdk.disabled", "OTEL_SDK_DISABLED=true: nothing is recorded", remedy="Unset OTEL_SDK_DISABLED.")
    elif situation.file is not None:
        yield _of_file(situation.file)
    else:
        yield fine("sdk", "The SDK is on")


def check_settings(situation: Situation) -> Iterator[Finding]:
    """Find variables, ours and standard ones, whose value is ignored, and settings of ours that do not exist."""
    known = [row.variable for row in settings.TABLE.values()]
    problems = [each for each in situation.problems if not each.variable.startswith("OTEL_CONFIG_FILE=")]
    for problem in problems:
        if _IN_FILE in problem.variable:
            remedy = f"Correct it in {problem.variable.partition(':')[0]}: docs/configuration-file.md."
            yield warning("settings.file", f"{problem.variable} is ignored", problem.message, remedy=remedy)
        elif problem.variable in known or not problem.variable.startswith(_OURS):
            remedy = f"Correct {problem.variable}, or unset it: docs/settings.md."
            yield warning("settings.value", f"{problem.variable} is ignored", problem.message, remedy=remedy)
        else:
            near = difflib.get_close_matches(problem.variable, known, n=1)
            remedy = f"Is {near[0]} meant?" if near else f"Unset {problem.variable}: docs/settings.md lists them all."
            yield warning("settings.unknown", f"{problem.variable} is no setting", remedy=remedy)
    if not problems:
        count = sum(name.startswith(_OURS) for name in situation.environ)
        yield fine("settings", f"Settings: {count} made, all valid")


def check_variables(situation: Situation) -> Iterator[Finding]:
    """Find misspelt standard variables: nothing else ever tells of them."""
    known = _known_variables()
    found = False
    for name in sorted(situation.environ):
        if not name.startswith("OTEL_") or name.startswith(_OURS) or name in known:
            continue
        near = difflib.get_close_matches(name, sorted(known), n=1, cutoff=_NEAR)
        if near and not name.endswith("_EXCLUDED_URLS"):  # one of each instrumentor, named alike
            found = True
            yield warning("variables.misspelt", f"{name} means nothing to OpenTelemetry", remedy=f"Is {near[0]} meant?")
    if not found:
        count = sum(name in known for name in situation.environ)
        yield fine("variables", f"Standard variables: {count} set, none misspelt")


def check_exporters(situation: Situation) -> Iterator[Finding]:
    """Find signals that go nowhere, and an endpoint that no signal is sent to."""
    environ, clean = situation.effective, True
    for signal in SIGNALS:
        if not situation.exporters(signal):
            clean = False
            variable = f"OTEL_{signal.upper()}_EXPORTER"
            why, remedy = f"{variable}={environ.get(variable, '')}", f"Unset {variable}."
            if situation.file is not None:
                why = f"{situation.file.path} names no exporter under {SECTIONS[signal]}"
                remedy = f"Add {SECTIONS[signal]}, or export: store under {NODE.replace('.', ': ')}:."
            yield warning("exporters.none", f"{signal.capitalize()} go nowhere: {why}", remedy=remedy)
    for place, why in unusable(situation.model) if situation.model is not None else ():
        clean = False
        title = f"The {place} is left out: {why}"
        yield warning("exporters.unusable", title, remedy="Correct the file: docs/configuration-file.md.")
    endpoints = [name for name in environ if name.startswith("OTEL_EXPORTER_OTLP_") and name.endswith("ENDPOINT")]
    used = {name for signal in SIGNALS for name in situation.exporters(signal)}
    if endpoints and not used & _OTLP_NAMES and situation.file is None:
        clean = False
        title = f"{endpoints[0]} is set, and no signal is sent there"
        seen = [f"OTEL_{signal.upper()}_EXPORTER={','.join(situation.exporters(signal))}" for signal in SIGNALS]
        yield warning("exporters.unused", title, *seen, remedy="Set OTEL_TRADING_EXPORT=otlp, or both.")
    if clean:
        yield fine("exporters", f"Telemetry goes to: {', '.join(sorted(used))}")


def check_logging(situation: Situation) -> Iterator[Finding]:
    """Find variables by which log records are not exported."""
    environ = situation.environ
    word = environ.get(_LEVEL, "").strip()
    level = logging.getLevelName(word.upper()) if word else logging.INFO
    if environ.get(_CAPTURE, "").strip().lower() not in ("", "true"):
        title = f"Logs are not recorded: {_CAPTURE}={environ[_CAPTURE]}"
        yield warning("logging.off", title, remedy=f"Unset {_CAPTURE}.")
    elif not isinstance(level, int):
        title = f"{_LEVEL}={word!r} is no level; info holds"
        yield warning("logging.value", title, remedy="It takes debug, info, warning, error or critical.")
    elif level > logging.INFO:
        make = warning if level > logging.WARNING else note
        lost = "warnings are not" if level > logging.WARNING else "INFO is not"
        title = f"{_LEVEL}={word}: {lost} recorded"
        yield make("logging.level", title, remedy=f"Set {_LEVEL}=info, or unset it.")
    else:
        yield fine("logging", f"Logs are recorded from {logging.getLevelName(config.load(environ).level)} on")


def check_sampling(situation: Situation) -> Iterator[Finding]:
    """Find sampling, by which orders have no spans."""
    if situation.file is not None:
        yield from _sampled_by_file(situation)
        return
    sampler = situation.environ.get("OTEL_TRACES_SAMPLER", "").strip()
    if sampler in ("", "always_on", "parentbased_always_on"):
        yield fine("sampling", "Every span is recorded")
        return
    argument = situation.environ.get("OTEL_TRACES_SAMPLER_ARG", "")
    make = error if sampler.endswith("always_off") else warning
    yield make(
        "sampling.partial",
        f"OTEL_TRACES_SAMPLER={sampler}: orders are without spans, and their stories incomplete",
        *([f"OTEL_TRACES_SAMPLER_ARG={argument}"] if argument else []),
        remedy=f"Unset OTEL_TRACES_SAMPLER: {_WHY_ALL}",
    )


def _of_file(file: ConfigFile) -> Finding:
    if file.model is None:
        return error(
            "sdk.config_file",
            "OTEL_CONFIG_FILE cannot be used: telemetry goes to the local store alone",
            *(str(problem) for problem in file.problems),
            remedy="Correct the file, or unset OTEL_CONFIG_FILE: docs/configuration-file.md.",
        )
    if file.model.disabled:
        title = f"{file.path} says disabled: nothing is recorded"
        return error("sdk.disabled", title, remedy="Set disabled: false.")
    return fine("sdk", f"The SDK is on, as {file.path} describes it")


def _sampled_by_file(situation: Situation) -> Iterator[Finding]:
    sampler = "" if situation.model is None else is_sampled(situation.model)
    if not sampler:
        yield fine("sampling", "Every span is recorded")
        return
    make = error if sampler == "always_off" else warning
    title = f"The sampler {sampler} leaves orders without spans, and their stories incomplete"
    yield make("sampling.partial", title, remedy=f"Take sampler out of the file: {_WHY_ALL}")


def _known_variables() -> set[str]:
    """Return every variable that the installed packages declare."""
    known = {row.variable for row in settings.TABLE.values()} | {"OTEL_SEMCONV_STABILITY_OPT_IN", "OTEL_CONFIG_FILE"}
    modules: list[object] = [environment_variables]
    for entry in entries("opentelemetry_environment_variables"):
        with contextlib.suppress(Exception):  # of a foreign package: its variables stay unknown
            modules.append(entry.load())
    declared = [item for module in modules for item in vars(module).items()]
    return known | {value for name, value in declared if name.lstrip("_").startswith("OTEL_") and type(value) is str}
