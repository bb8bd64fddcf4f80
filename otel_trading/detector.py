"""The resource: which bot, and that this distribution watches it."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from opentelemetry.sdk.resources import Resource, ResourceDetector

from otel_trading.version import __version__

_NAMELESS = "bot"
_WITH_ARGUMENT = re.compile(r"-[^-cmWX]*([cmWX])(.*)", re.DOTALL)
"""Python's options of one letter may stand together; the last may have an argument: -um bot, -Wignore."""


class TradingResourceDetector(ResourceDetector):
    """Names the distribution, and the service after the bot's script where the user named none.

    ``unknown_service`` would put every bot of a desk into one.
    """

    def detect(self) -> Resource:
        """Return ``telemetry.distro.*``, and ``service.name`` where it is not set otherwise."""
        found = {"telemetry.distro.name": "otel-trading", "telemetry.distro.version": __version__}
        if not _is_named(os.environ.get("OTEL_SERVICE_NAME"), os.environ.get("OTEL_RESOURCE_ATTRIBUTES")):
            found["service.name"] = bot_name(_command())
        return Resource(found)


def _is_named(service_name: str | None, attributes: str | None) -> bool:
    keys = (pair.partition("=")[0].strip() for pair in (attributes or "").split(","))
    return bool(service_name) or "service.name" in keys


def _command() -> list[str]:
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
