"""What can be wrong with a registry, said so that the author knows what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable


class Problem(NamedTuple):
    """One thing that is wrong: where, what, and how to put it right."""

    file: str
    key: str
    wrong: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: {self.wrong} - {self.remedy}"


class ModelError(ValueError):
    """The registry breaks the rules; ``problems`` holds every one that was found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
