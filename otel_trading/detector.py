"""The resource: which bot, and that this distribution watches it."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from opentelemetry.sdk.resources import ProcessResourceDetector, Resource, ResourceDetector
from opentelemetry.semconv._incubating.attributes.process_attributes import PROCESS_OWNER

from otel_trading.telemetry import redact
from otel_trading.version import __version__

_NAMELESS = "bot"
_WITH_ARGUMENT = re.compile(r"-[^-cmWX]*([cmWX])(.*)", re.DOTALL)
"""Python's options of one letter may stand together; the last may have an argument: -um bot, -Wignore."""


class TradingResourceDetector(ResourceDetector):
    """Names the distribution, and the service after the bot's script where the user named none.

    ``unknown_service`` would put every bot of a desk into one.
    """

    def detect(self) -> Resource:
        """Return ``telemetry.distro.*``, ``service.name`` where it is not set otherwise, and what has to be masked.

        A resource goes out with every signal, metrics included, which pass no other mask of ours.
        """
        given = given_attributes()
        masked = redact.attributes(given)
        found: dict[str, Any] = {key: value for key, value in masked.items() if value != given[key]}
        found |= distribution()
        if not os.environ.get("OTEL_SERVICE_NAME") and "service.name" not in given:
            found["service.name"] = bot_name(command())
        return Resource(found)


class ProcessDetector(ProcessResourceDetector):
    """The process as the SDK describes it, without its owner: the login of a person has no place in telemetry."""

    def detect(self) -> Resource:
        """Return ``process.*`` without ``process.owner``."""
        found = super().detect()
        return Resource({key: value for key, value in found.attributes.items() if key != PROCESS_OWNER})


def distribution() -> dict[str, str]:
    """Return the attributes that name this distribution."""
    return {"telemetry.distro.name": "otel-trading", "telemetry.distro.version": __version__}


def given_attributes() -> dict[str, str]:
    """Return the attributes of OTEL_RESOURCE_ATTRIBUTES, read as the SDK's own detector reads them."""
    pairs = (pair.partition("=") for pair in os.environ.get("OTEL_RESOURCE_ATTRIBUTES", "").split(","))
    return {key.strip(): unquote(value.strip()) for key, sign, value in pairs if sign}


def command() -> list[str]:
    """Return the command line of the bot; a process that multiprocessing spawned is one with its parent."""
    argv = sys.orig_argv
    if any(word.startswith("from multiprocessing.") for word in argv):
        try:
            return Path(f"/proc/{os.getppid()}/cmdline").read_text(errors="replace").rstrip("\0").split("\0")
        except OSError:  # another system than Linux
            pass
    return argv


def bot_name(argv: list[str]) -> str:
    """Return the name of the bot that a Python command line runs: its script's or module's, without ``.py``."""
    arguments = iter(argv[1:])
    for word in arguments:
        if not word.startswith("-"):
            return Path(word).stem or _NAMELESS
        found = _WITH_ARGUMENT.fullmatch(word)
        option, argument = found.groups() if found else ("", "")
        value = argument or (next(arguments, "") if option else "")
        if option == "m":
            return value or _NAMELESS
        if option == "c" or word == "-":
            return _NAMELESS
    return _NAMELESS
