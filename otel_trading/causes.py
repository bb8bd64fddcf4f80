"""What an exception was raised for, however deep libraries wrapped it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def causes(problem: BaseException) -> Iterator[BaseException]:
    """Yield an exception and all that it wraps; requests and urllib3 hide causes in arguments and ``reason``."""
    seen: set[int] = set()
    waiting: list[object] = [problem]
    while waiting:
        each = waiting.pop()
        if isinstance(each, BaseException) and id(each) not in seen:
            seen.add(id(each))
            yield each
            waiting += [*each.args, each.__cause__, each.__context__, getattr(each, "reason", None)]
