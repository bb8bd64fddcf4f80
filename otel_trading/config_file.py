"""The file that ``OTEL_CONFIG_FILE`` names: OpenTelemetry's declarative configuration, with our section in it.

It is read, checked and substituted by OpenTelemetry's own package, ``opentelemetry-configuration``. Our settings
stand under ``distribution: otel_trading:``, where the specification has a distribution's settings.
"""

from __future__ import annotations

import difflib
import logging
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from otel_trading.setting_sources import Problem, Section

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from opentelemetry.configuration import OpenTelemetryConfiguration

VARIABLE = "OTEL_CONFIG_FILE"
NAME = "otel_trading"
_PACKAGE = "opentelemetry-configuration"
_INSTEAD = "telemetry goes to the local store alone until that is mended"


class ConfigFile(NamedTuple):
    """A configuration file as it was read. ``model`` is None where it cannot be used; ``problems`` say why."""

    path: str
    model: OpenTelemetryConfiguration | None
    section: Section | None
    problems: tuple[Problem, ...]


def read(environ: Mapping[str, str]) -> ConfigFile | None:
    """Read the file that ``environ`` names; None where it names none. Never raises.

    ``${VAR}`` in it stands for a variable of this process.
    """
    path = environ.get(VARIABLE, "").strip()
    if not path:
        return None
    try:
        from opentelemetry.configuration import load_config_file  # noqa: PLC0415 - optional, and slow to load

        with _silent():
            model = load_config_file(path)
    except ImportError:
        return _unusable(path, f"needs {_PACKAGE}, which is not installed: pip install 'otel-trading[file]'")
    except Exception as error:  # noqa: BLE001 - whatever is wrong with a file, it stops no bot
        return _unusable(path, " ".join(str(error).split()))
    nodes: Mapping[str, Any] = model.distribution or {}
    section = Section(path, nodes.get(NAME) or {})
    return ConfigFile(path, model, section, tuple(_misspelt(path, nodes)))


def _unusable(path: str, why: str) -> ConfigFile:
    place = f"{VARIABLE}={path}"
    if not Path(path).exists():
        why = "there is no such file"
    return ConfigFile(path, None, None, (Problem(place, f"cannot be used, and {_INSTEAD}: {why}"),))


def _misspelt(path: str, nodes: Mapping[str, Any]) -> Iterator[Problem]:
    """Tell of a node that is hardly another distribution's."""
    if NAME not in nodes:
        for name in nodes:
            if difflib.get_close_matches(name.lower().replace("-", "_"), [NAME], cutoff=0.75):
                yield Problem(f"{path}: distribution.{name}", f"is nobody's and is ignored; is {NAME} meant?")


@contextmanager
def _silent() -> Iterator[None]:
    """Keep the loader's own complaints off the console, stack traces among them: what it raises is told."""
    logger = logging.getLogger("opentelemetry.configuration")
    before = logger.propagate
    handler = logging.NullHandler()
    logger.addHandler(handler)
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.propagate = before
