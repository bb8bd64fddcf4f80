"""A bot is the same bot with us: the same bytes on its console, the same exit code, and nothing where it is told so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.endtoend.programs import ONE_ORDER, ONLY_LOGS

if TYPE_CHECKING:
    from tests.endtoend.bots import Bots

TALKATIVE = r"""
import logging, subprocess, sys, threading, traceback, warnings
print("plain", "print", 1.5, "\u20ac")
sys.stdout.write("no newline at the end of this")
sys.stdout.flush()
logging.warning("basicConfig is called for this")
log = logging.getLogger("bot.orders")
log.info("not shown: root stands at WARNING")
log.debug("nor this")
log.error("shown %s", "with arguments")
try:
    1 / 0
except ZeroDivisionError:
    log.exception("a stack trace")
log.warning("from %s:%d", "caller", 3, stacklevel=1)
warnings.warn("a warning", UserWarning)
logging.captureWarnings(True)
warnings.warn("a logged warning", UserWarning)
print(logging.getLogger().handlers, log.handlers, log.level, log.isEnabledFor(logging.ERROR))
handler = logging.StreamHandler(sys.stdout)
handler.setFormatter(logging.Formatter("%(levelname)s %(name)s %(filename)s %(funcName)s %(lineno)d %(message)s"))
log.addHandler(handler)
log.propagate = False
def inner():
    log.critical("where is this?")
inner()
thread = threading.Thread(target=lambda: log.error("from a thread"), name="worker")
thread.start()
thread.join()
print(threading.active_count() >= 1, sys.argv[1:], __name__)
print(subprocess.run([sys.executable, "-c", "import sys; print(len(sys.argv))"], capture_output=True, text=True).stdout)
sys.stderr.write("bytes to stderr\n")
"""

LAST_RESORT = """
import logging
logging.getLogger("bot").warning("by the handler of last resort")
logging.getLogger("bot").info("never shown")
"""

NO_LIBRARY = """
print("a script that trades nothing")
"""


def test_a_bot_prints_the_same_bytes(bots: Bots) -> None:
    without, ended = bots.run_both(TALKATIVE)

    assert ended.returncode == without.returncode == 0
    assert ended.stdout == without.stdout
    assert ended.stderr == without.stderr
    assert "shown with arguments" in ended.store.bodies()
    assert "not shown: root stands at WARNING" in ended.store.bodies()


def test_a_bot_that_never_set_up_logging_prints_the_same_bytes(bots: Bots) -> None:
    without, ended = bots.run_both(LAST_RESORT)

    assert (ended.stdout, ended.stderr) == (without.stdout, without.stderr)
    assert ended.store.bodies() == ["by the handler of last resort", "never shown"]


def test_a_script_without_any_trading_library_is_left_in_peace(bots: Bots) -> None:
    ended = bots.run(NO_LIBRARY)

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "a script that trades nothing\n", "")


def test_a_disabled_sdk_records_nothing_and_the_bot_runs_on(bots: Bots) -> None:
    without, ended = bots.run_both(ONE_ORDER, {"OTEL_SDK_DISABLED": "true"})

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, without.stdout, without.stderr)
    assert not ended.store.folder.exists()


def test_a_disabled_sdk_starts_no_thread_of_ours(bots: Bots) -> None:
    ended = bots.run(
        "import threading\nprint([thread.name for thread in threading.enumerate()])", {"OTEL_SDK_DISABLED": "true"}
    )

    assert ended.stdout == "['MainThread']\n"


def test_exporters_set_to_none_record_nothing(bots: Bots) -> None:
    environ = dict.fromkeys(("OTEL_TRACES_EXPORTER", "OTEL_LOGS_EXPORTER", "OTEL_METRICS_EXPORTER"), "none")

    without, ended = bots.run_both(ONLY_LOGS, environ)

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, without.stdout, without.stderr)
    assert not ended.store.folder.exists()
