"""What is said when a store of the stack does not give what it was asked for."""

from __future__ import annotations


class StackError(Exception):
    """A store did not answer, or not as asked. The message names the store, the setting and the remedy.

    ``status`` is the HTTP status it answered with, 0 where it did not; ``words`` are its own words.
    """

    def __init__(self, message: str, *, status: int = 0, words: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.words = words
