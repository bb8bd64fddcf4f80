"""What the example bots of both FIX libraries tell of their order: it is moved once, and canceled."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.endtoend.bots import Ended


def name_of(ended: Ended) -> str:
    """Return the name that the bot gave its order; its messages are numbered behind it."""
    assert ended.returncode == 0, ended.stderr
    match = re.search(r"fix-[0-9a-f]{4}", ended.stderr)
    assert match is not None, ended.stderr
    return match[0]


def assert_moved_and_canceled(ended: Ended) -> None:
    """See that the order is one story, by each of its ids."""
    story = ended.store.story(f"{name_of(ended)}-1")
    kinds = [step["kind"] for step in story["steps"] if step["kind"] not in ("span", "request", "log", "updated")]
    assert kinds == ["submit", "acknowledged", "amend_requested", "amended", "cancel_requested", "canceled"]
    assert (story["status"], len(story["trace_ids"])) == ("canceled", 1)
    assert story["client_ids"] == [f"{name_of(ended)}-1", f"{name_of(ended)}-2"]
    assert ended.store.story(story["venue_ids"][0])["client_ids"] == story["client_ids"]
