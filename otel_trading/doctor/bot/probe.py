"""What runs in the bot, under the doctor only: writes twice a second what it sees to a file of its process.

It must not harm the bot, so it reads and never calls anything of the bot's.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import logging
import os
import sys
import threading
import time
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from opentelemetry import metrics, trace
from opentelemetry._logs import get_logger_provider
from opentelemetry.instrumentation.distro import BaseDistro  # type: ignore[attr-defined] # untyped upstream

from otel_trading.instrumentation.versions import TRIED
from otel_trading.orders import contain
from otel_trading.orders.registry import registry
from otel_trading.telemetry import drops, logs
from otel_trading.telemetry.logs.level import Lowered

FOLDER = "_OTEL_TRADING_DOCTOR"
"""The variable that names the folder to write to. The underscore keeps it out of the settings."""

LOADED = "loaded"
"""The file in that folder which says that the bot's own code is about to begin."""

_LOADER = "opentelemetry.instrumentation.auto_instrumentation._load"
_EVERY_SECONDS = 0.5
_MOST = 20
_MODULES = {name: name.replace("-", "_") for name in TRIED} | {
    "alpaca-py": "alpaca",
    "python-binance": "binance",
}


class Probe(logging.Handler):
    """Sees what goes wrong while instrumentors load, and writes reports until the process ends."""

    def __init__(self, folder: Path) -> None:
        super().__init__(logging.ERROR)
        self._folder = folder
        self._failures: list[str] = []
        self._root: list[str] = []
        self._configured_in = os.getpid()

    def emit(self, record: logging.LogRecord) -> None:
        """Keep what the loader of instrumentors complains of."""
        problem = record.exc_info[1] if record.exc_info else None
        self._failures.append(record.getMessage() + (f": {type(problem).__name__}: {problem}" if problem else ""))

    def loaded(self) -> None:
        """Remember the handlers of the root logger, once instrumentors have added theirs; the bot comes next."""
        self._root = _handlers()
        with contextlib.suppress(OSError):
            (self._folder / LOADED).touch()

    def start(self) -> None:
        """Write reports in a thread of this process; a forked child takes no lock before it is there."""
        threading.Thread(target=self._run, name="otel-trading-doctor", daemon=True).start()

    def write(self) -> None:
        """Write a report in place of the last one."""
        with contextlib.suppress(Exception):  # a report less, and nothing of the bot's business
            path = self._folder / f"{os.getpid()}.json"
            new = path.with_suffix(f".{threading.get_ident()}.tmp")
            new.write_text(json.dumps(self.report()), encoding="utf-8")
            new.replace(path)

    def report(self) -> dict[str, Any]:
        """Return what is seen now."""
        return {
            "pid": os.getpid(),
            "configured_in": self._configured_in,
            "program": Path(sys.argv[0]).name if getattr(sys, "argv", None) else "",
            "distro": _distro(),
            "providers": _providers(),
            "failures": self._failures[:_MOST],
            "instrumentors": _instrumentors(),
            "handlers_at_start": self._root,
            "handlers": _handlers(),
            "captures_logs": _captures_logs(),
            "level": logging.getLogger().level,
            "level_is_ours": isinstance(logging.getLogger().level, Lowered),
            "disabled_below": logging.root.manager.disable,
            "disabled_loggers": _disabled_loggers(),
            "libraries": sorted(name for name, module in _MODULES.items() if module in sys.modules),
            "orders": len(registry),
            "dropped": [[signal.value, reason.value, n] for (signal, reason), n in drops.counts().items()],
            "errors": sorted({kind for kind, _, _ in contain._told}),  # noqa: SLF001 - read only, for the doctor
        }

    def _run(self) -> None:
        while True:
            self.write()
            time.sleep(_EVERY_SECONDS)


_probe: Probe | None = None


def begin() -> None:
    """Begin to watch this process; called by ``opentelemetry-instrument`` before it loads instrumentors."""
    global _probe  # noqa: PLW0603 - one a process
    folder = os.environ.get(FOLDER)
    if not folder:
        return
    _probe = probe = Probe(Path(folder))
    probe.write()
    logging.getLogger(_LOADER).addHandler(probe)
    os.register_at_fork(after_in_child=probe.start)
    atexit.register(probe.write)
    probe.start()


def loaded() -> None:
    """Look at what instrumentors did; called by ``opentelemetry-instrument`` after it loaded them."""
    if _probe is not None:
        _probe.loaded()


def _qualified(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def _handlers() -> list[str]:
    return [_qualified(type(handler)) for handler in logging.getLogger().handlers]


def _distro() -> str:
    waiting: list[type] = [BaseDistro]
    while waiting:
        kind = waiting.pop()
        if vars(kind).get("_instance") is not None:
            return _qualified(kind)
        waiting += kind.__subclasses__()
    return ""


def _providers() -> dict[str, dict[str, Any]]:
    found = {
        "traces": trace.get_tracer_provider(),
        "logs": get_logger_provider(),
        "metrics": metrics.get_meter_provider(),
    }
    return {
        signal: {"type": _qualified(type(provider)), "processors": _processors(provider)}
        for signal, provider in found.items()
    }


def _processors(provider: object) -> list[str]:
    """Return the classes of a provider's processors, which the SDK keeps to itself."""
    for name, items in (
        ("_active_span_processor", "_span_processors"),
        ("_multi_log_record_processor", "_log_record_processors"),
    ):
        held = getattr(getattr(provider, name, None), items, None)
        if held is not None:
            return [_qualified(type(each)) for each in held]
    return []


def _instrumentors() -> dict[str, bool]:
    """Return the instrumentors that were loaded, each with whether it is at work."""
    found = {}
    for entry in entry_points(group="opentelemetry_instrumentor"):
        kind = getattr(sys.modules.get(entry.module), entry.attr, None)
        if kind is not None:
            found[entry.name] = bool(getattr(vars(kind).get("_instance"), "_is_instrumented_by_opentelemetry", False))
    return found


def _captures_logs() -> bool:
    return bool(logs._undo) and hasattr(logging.Logger.callHandlers, "__wrapped__")  # noqa: SLF001 - read only


def _disabled_loggers() -> list[str]:
    known = logging.root.manager.loggerDict
    names = [name for name, each in list(known.items()) if isinstance(each, logging.Logger) and each.disabled]
    return sorted(name for name in names if not name.startswith("opentelemetry"))[:_MOST]
