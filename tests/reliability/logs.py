"""The bot's logging: what is captured of it, and what becomes of its console."""

from __future__ import annotations

from tests.reliability.pitfall import Pitfall, Run, Seen, arrived

SETUP = """
import logging, logging.config, sys, time
log = logging.getLogger("bot")
"""
CLEARED = """
log.setLevel(logging.INFO)
logging.getLogger().handlers.clear()
logging.getLogger().addHandler(logging.StreamHandler())
log.info("after handlers.clear()")
"""
DICT_CONFIG = """
logging.config.dictConfig({
    "version": 1,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"level": "INFO", "handlers": ["console"]},
    "disable_existing_loggers": False,
})
log.info("after dictConfig")
"""
OWN_LOGGER = """
log.setLevel(logging.INFO)
log.addHandler(logging.StreamHandler())
log.propagate = False
log.info("not for root")
"""
LAST_RESORT = """
log.warning("on the console")
"""
BASIC_CONFIG = """
logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
log.info("on the console")
"""
ECHO = """
logging.basicConfig(level=logging.DEBUG, filename="bot.log")
log.info("one line")
time.sleep(4)
"""


def on_the_console(run: Run) -> Seen:
    shown = [line for line in run.stderr.splitlines() if line.endswith("on the console")]
    return Seen(f"the console shows {len(shown)} of 1 lines", len(shown) != 1)


def of_its_own(run: Run) -> Seen:
    own = [log for log in run.receiver.logs if log.scope != "bot"]
    words = "the bot's line only" if not own else "also lines on the sending itself, and on the sending of those"
    return Seen(words, bool(own))


PITFALLS = (
    Pitfall(
        "level",
        "`log.info` where no level was set",
        SETUP + 'log.info("hello")\n',
        arrived("hello"),
        remark="With us `OTEL_PYTHON_LOG_HANDLER_LEVEL` (INFO where unset) decides, not the level of the logger.",
    ),
    Pitfall(
        "handlers-clear", "`handlers.clear()` on the root logger", SETUP + CLEARED, arrived("after handlers.clear()")
    ),
    Pitfall(
        "dict-config",
        "`logging.config.dictConfig`",
        SETUP + DICT_CONFIG,
        arrived("after dictConfig"),
        not_reproduced="the logging instrumentation puts its handler back",
    ),
    Pitfall("propagate", "A logger with `propagate = False`", SETUP + OWN_LOGGER, arrived("not for root")),
    Pitfall("last-resort", "The console of a bot that never set up logging", SETUP + LAST_RESORT, on_the_console),
    Pitfall(
        "basic-config",
        "The console of a bot that calls `logging.basicConfig`",
        SETUP + BASIC_CONFIG,
        on_the_console,
        not_reproduced="the logging instrumentation steps aside for it",
    ),
    Pitfall("echo", "The root logger at DEBUG", SETUP + ECHO, of_its_own),
)
