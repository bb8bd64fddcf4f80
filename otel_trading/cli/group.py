"""The group of commands: each is imported when it is called, none for the sake of ``--help``."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from typing import Any, NamedTuple, NoReturn

import click

INTERRUPTED = 130
"""Exit code after Ctrl-C: 128 and the number of SIGINT, as shells have it."""


class Entry(NamedTuple):
    """Where a command is, and the line that ``--help`` shows of it."""

    module: str
    attribute: str
    summary: str


COMMANDS: dict[str, Entry] = {
    "demo": Entry("otel_trading.cli.demo", "demo", "Trade on a simulated venue and watch the stories."),
    "doctor": Entry("otel_trading.cli.doctor", "doctor", "Check that telemetry of a bot arrives."),
    "order": Entry("otel_trading.cli.order", "order", "Tell the story of an order."),
    "orders": Entry("otel_trading.cli.orders", "orders", "List orders, the last submitted first."),
    "replay": Entry("otel_trading.cli.replay", "replay", "Send what the local store holds to a Collector."),
    "hash": Entry("otel_trading.cli.hash", "hash_command", "Show what stands for an account id in telemetry."),
    "init": Entry("otel_trading.cli.init", "init", "Lay out the stack and make its secrets."),
    "logs": Entry("otel_trading.cli.logs", "logs", "Search log records and events, or follow them."),
}


class Commands(click.Group):
    """Loads commands by name, and ends quietly on Ctrl-C and when the reader of a pipe has gone."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of the commands that are installed, in the order of the table."""
        return [name for name in COMMANDS if _is_installed(name)]

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
        cmd_name: str,
    ) -> click.Command | None:
        """Import a command."""
        if cmd_name not in COMMANDS or not _is_installed(cmd_name):
            return None
        entry = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(entry.module), entry.attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name].summary) for name in self.list_commands(ctx)])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was asked for."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except KeyboardInterrupt:
            ctx.exit(INTERRUPTED)
        except BrokenPipeError:
            leave_pipe()
        return result


def leave_pipe() -> NoReturn:
    """End with success: whoever reads the output has seen enough of it."""
    # What is still buffered would fail once more when the interpreter flushes it at its end.
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, sys.stdout.fileno())
    raise SystemExit(0)


def _is_installed(name: str) -> bool:
    return importlib.util.find_spec(COMMANDS[name].module) is not None
