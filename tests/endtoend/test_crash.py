"""A bot that crashes leaves its last words, and crashes as it would without us."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.endtoend.bots import Bots

CRASH = """
import logging
logging.getLogger("bot").info("all is well")
def trade():
    raise RuntimeError("lost the plot at https://api.example/x?signature=0123456789")
trade()
"""

EXIT = """
import logging, sys
logging.getLogger("bot").info("all is well")
sys.exit(7)
"""

OWN_HOOK = """
import sys
def hook(kind, value, trace):
    print("my own words", file=sys.stderr)
sys.excepthook = hook
raise RuntimeError("lost the plot")
"""


def test_the_exception_that_ended_the_bot_is_recorded_masked(bots: Bots) -> None:
    without, ended = bots.run_both(CRASH)

    assert (ended.returncode, ended.stdout, ended.stderr) == (1, without.stdout, without.stderr)
    assert ended.store.bodies() == ["all is well"]
    (event,) = ended.store.events("trading.bot.unhandled_exception")
    assert event.severity_text == "FATAL"
    assert event.attributes["exception.type"] == "RuntimeError"
    assert event.attributes["exception.message"] == "lost the plot at https://api.example/x?***"
    assert "in trade" in str(event.attributes["exception.stacktrace"])
    assert not re.search("0123456789", repr(event))


def test_the_exception_is_recorded_where_the_bot_has_a_hook_of_its_own(bots: Bots) -> None:
    without, ended = bots.run_both(OWN_HOOK)

    assert (ended.returncode, ended.stderr) == (1, without.stderr)
    (event,) = ended.store.events("trading.bot.unhandled_exception")
    assert event.attributes["exception.message"] == "lost the plot"


def test_the_exit_code_of_a_bot_stays(bots: Bots) -> None:
    ended = bots.run(EXIT)

    assert ended.returncode == 7
    assert ended.store.bodies() == ["all is well"]
    assert ended.store.events() == []
