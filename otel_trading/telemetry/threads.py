"""Threads of ours, none of which may inherit the order that is at work where it is started."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from opentelemetry import context

if TYPE_CHECKING:
    from collections.abc import Callable


def start(run: Callable[[], object], name: str) -> threading.Thread:
    """Start a daemon thread in an empty context. Raises RuntimeError once the interpreter takes no more threads."""
    thread = threading.Thread(target=run, name=name, daemon=True)
    token = context.attach(context.Context())
    try:
        thread.start()
    finally:
        context.detach(token)
    return thread
