"""The bundled stack: where its files are, and the ``.env`` that holds its secrets and its settings."""

from __future__ import annotations

from otel_trading.stack.bot import bot_environment
from otel_trading.stack.environment import EnvironmentFileError, read_environment, write_environment
from otel_trading.stack.files import Laid, StackError, bundle, lay_out

__all__ = [
    "EnvironmentFileError",
    "Laid",
    "StackError",
    "bot_environment",
    "bundle",
    "lay_out",
    "read_environment",
    "write_environment",
]
