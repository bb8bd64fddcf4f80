"""A stage for whole little bots: each runs in a process of its own, forked from one that has all imported.

Run as a script it reads ``{name: [source, mode]}`` from standard input and writes what each printed and what was
exported of it to standard output. ``mode``: ``without`` us, ``with`` us before the bot's first line, or ``late``,
where the bot calls ``attach()`` itself (which does nothing in a run without us).
"""

from __future__ import annotations

import contextlib
import json
import logging
import logging.config
import logging.handlers
import os
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Play(NamedTuple):
    """What one run of a bot printed, and what was exported of it."""

    stdout: str
    stderr: str
    exported: list[dict[str, Any]]

    @property
    def bodies(self) -> list[str]:
        return [record["body"] for record in self.exported]


def play(bots: Mapping[str, tuple[str, str]], environ: Mapping[str, str] | None = None) -> dict[str, Play]:
    """Run each bot, and return what came of it by name."""
    done = subprocess.run(
        [sys.executable, __file__],
        input=json.dumps(bots),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={**os.environ, **(environ or {})},
    )
    return {name: Play(*parts) for name, parts in json.loads(done.stdout).items()}


def _perform(source: str, mode: str) -> list[dict[str, Any]]:
    from opentelemetry._logs import set_logger_provider  # noqa: PLC0415 - after the fork
    from opentelemetry.sdk._logs import LoggerProvider  # noqa: PLC0415 - the same
    from opentelemetry.sdk._logs.export import (  # noqa: PLC0415 - the same
        InMemoryLogRecordExporter,
        SimpleLogRecordProcessor,
    )

    from otel_trading.settings import current  # noqa: PLC0415 - the same
    from otel_trading.telemetry import logs  # noqa: PLC0415 - the same

    exporter = InMemoryLogRecordExporter()  # type: ignore[no-untyped-call] # the SDK's constructor has no types

    def attach() -> None:
        provider = LoggerProvider(shutdown_on_exit=False)
        provider.add_log_record_processor(SimpleLogRecordProcessor(exporter))
        set_logger_provider(provider)
        logs.install(current())

    names = {"__name__": "__main__", "attach": attach if mode == "late" else (lambda: None)}
    if mode == "with":
        attach()
    # A bot as users write it, compiled under a name so that its own lines can be told in what it prints.
    exec(compile(source, "bot.py", "exec"), names)  # noqa: S102 - the tests' own sources
    logging.shutdown()
    return [
        {
            "body": item.log_record.body,
            "scope": item.instrumentation_scope.name if item.instrumentation_scope else "",
            "attributes": dict(cast("dict[str, Any]", item.log_record.attributes)),
        }
        for item in exporter.get_finished_logs()
    ]


def _forked(perform: Callable[[], list[dict[str, Any]]]) -> Play:
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, name) for name in ("stdout", "stderr", "exported")]
        child = os.fork()
        if child == 0:
            for number, path in enumerate(paths[:2], start=1):
                os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), number)
            with contextlib.suppress(BaseException):
                paths[2].write_text(json.dumps(perform(), default=repr))  # a bot that fails leaves none
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(0)
        os.waitpid(child, 0)
        exported = json.loads(paths[2].read_text())
        return Play(paths[0].read_text(), paths[1].read_text(), exported)


def main() -> None:
    """Play what standard input asks for."""
    from opentelemetry.sdk import _logs  # noqa: F401, PLC0415 - the same

    import otel_trading.telemetry.logs  # noqa: F401, PLC0415 - imported once for all the bots

    bots = json.loads(sys.stdin.read())
    sys.stdout.write(json.dumps({name: _forked(partial(_perform, *bot)) for name, bot in bots.items()}))


if __name__ == "__main__":
    main()
