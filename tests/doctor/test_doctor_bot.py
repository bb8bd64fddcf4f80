"""Inside a bot: each fault in a real process under the real ``opentelemetry-instrument``."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from otel_trading.doctor.bot.explain import explain
from otel_trading.doctor.bot.run import run_bot
from tests.doctor.bots import HEALTHY, examine_bot
from tests.doctor.ward import ERROR, NOTE, OK, WARNING, install

if TYPE_CHECKING:
    from pathlib import Path

    from otel_trading.doctor import Finding

STAY = 2.5
"""Seconds that a process stays, so that the doctor surely sees it."""

RIVAL = """
import os
from opentelemetry.instrumentation.distro import BaseDistro
from opentelemetry.sdk._configuration import _OTelSDKConfigurator

class Distro(BaseDistro):
    def _configure(self, **kwargs):
        if "RIVAL_FAILS" in os.environ:
            raise KeyError("no token")

class Configurator(_OTelSDKConfigurator):
    pass

class Broken:
    def instrument(self, **kwargs):
        raise ImportError("no such symbol")
"""
DISTRO = "[opentelemetry_distro]\nrival = rival:Distro\n"
CONFIGURATOR = "[opentelemetry_configurator]\nrival = rival:Configurator\n"
INSTRUMENTOR = "[opentelemetry_instrumentor]\nbroken = rival:Broken\n"


def rival(folder: Path, entry_points: str) -> dict[str, str]:
    """Install a foreign package beside ours and return the environment in which it is found first."""
    install(folder / "site", "rival", "1.0", entry_points=entry_points)
    (folder / "site" / "rival.py").write_text(RIVAL)
    return {"PYTHONPATH": str(folder / "site"), "OTEL_TRACES_EXPORTER": "none", "OTEL_METRICS_EXPORTER": "none"}


@pytest.fixture(scope="module")
def muted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Finding]:
    """A bot that keeps its log records from everybody, loads no trading library, and fails."""
    script = """
import logging.config
logging.getLogger().handlers.clear()
logging.getLogger("bot.orders")
logging.config.dictConfig({"version": 1, "root": {"level": "ERROR"}})
raise SystemExit("no key")
"""
    return examine_bot(tmp_path_factory.mktemp("muted"), script)


@pytest.fixture(scope="module")
def strange(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Finding]:
    """A bot beside whose distribution another one is found first; it clears the handlers of logging."""
    folder = tmp_path_factory.mktemp("strange")
    script = f"import logging\nlogging.getLogger().handlers.clear()\n{HEALTHY}"
    return examine_bot(folder, script, rival(folder, DISTRO + CONFIGURATOR))


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Finding]:
    """A bot whose distribution, and one instrumentor, is another's; it loads ccxt, and sends no order."""
    folder = tmp_path_factory.mktemp("mixed")
    (folder / "ccxt.py").write_text("exchanges = []\n")
    script = "import ccxt\nimport logging\nlogging.basicConfig(level=logging.WARNING)\n"
    return examine_bot(folder, script, rival(folder, DISTRO + INSTRUMENTOR))


@pytest.fixture(scope="module")
def uncaptured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Finding]:
    """A bot whose logs are switched off in the environment, and in the code."""
    script = "import logging\nlogging.disable(logging.WARNING)\n"
    return examine_bot(tmp_path_factory.mktemp("off"), script, OTEL_PYTHON_LOG_AUTO_INSTRUMENTATION="false")


def test_a_healthy_bot_has_nothing_but_the_note_how_it_was_started(tmp_path: Path) -> None:
    found = examine_bot(tmp_path, HEALTHY)
    assert {code: each.severity for code, each in found.items()} == {
        "bot.started": NOTE,
        "bot": OK,
        "bot.logging": OK,
        "bot.orders": OK,
    }
    assert "ccxt" in found["bot"].title


def test_a_bot_without_the_launcher_is_not_instrumented(tmp_path: Path) -> None:
    found = examine_bot(tmp_path, HEALTHY, as_is=True)
    assert {code: each.severity for code, each in found.items()} == {"bot.not_instrumented": ERROR}


def test_a_python_that_ignores_its_environment_is_not_instrumented(tmp_path: Path) -> None:
    assert "-E" in examine_bot(tmp_path, HEALTHY, options=("-E",))["bot.not_instrumented"].remedy


def test_a_setup_that_fails_is_told_with_its_reason(tmp_path: Path) -> None:
    found = examine_bot(tmp_path, HEALTHY, rival(tmp_path, DISTRO), RIVAL_FAILS="yes")["bot.setup_failed"]
    assert (found.severity, found.evidence) == (ERROR, ("KeyError: 'no token'",))


def test_another_distribution_is_an_error(strange: dict[str, Finding]) -> None:
    assert strange["bot.other_distribution"].severity is ERROR
    assert "rival.Distro" in strange["bot.other_distribution"].title


def test_providers_that_another_configurator_made_are_an_error(strange: dict[str, Finding]) -> None:
    assert strange["bot.other_provider"].severity is ERROR


def test_handlers_cleared_by_the_bot_end_the_export_of_another_configurator(strange: dict[str, Finding]) -> None:
    assert strange["bot.handlers_cleared"].severity is ERROR
    assert "LoggingHandler" in strange["bot.handlers_cleared"].evidence[0]


def test_handlers_cleared_by_the_bot_do_not_matter_to_our_capture(muted: dict[str, Finding]) -> None:
    assert not {"bot.handlers_cleared", "bot.logs_off"} & set(muted)


def test_a_distribution_whose_log_handler_stands_beside_our_capture_doubles_the_logs(
    mixed: dict[str, Finding],
) -> None:
    assert mixed["bot.logs_twice"].severity is WARNING


def test_logs_that_are_not_captured_are_a_warning(uncaptured: dict[str, Finding]) -> None:
    assert uncaptured["bot.logs_off"].severity is WARNING


def test_an_instrumentor_that_fails_is_told_with_its_error(mixed: dict[str, Finding]) -> None:
    assert mixed["bot.instrumentor_failed"].severity is ERROR
    assert "no such symbol" in mixed["bot.instrumentor_failed"].title


def test_a_disabled_sdk_has_no_provider(tmp_path: Path) -> None:
    assert examine_bot(tmp_path, HEALTHY, OTEL_SDK_DISABLED="true")["bot.no_provider"].severity is ERROR


def test_a_root_level_that_loses_warnings_is_a_warning(muted: dict[str, Finding]) -> None:
    assert muted["bot.level"].severity is WARNING


def test_a_root_level_that_loses_info_is_a_note(mixed: dict[str, Finding]) -> None:
    assert mixed["bot.level"].severity is NOTE


def test_a_call_of_logging_disable_is_a_warning(uncaptured: dict[str, Finding]) -> None:
    assert "logging.disable(WARNING)" in uncaptured["bot.level"].title


def test_loggers_that_a_configuration_switches_off_are_named(muted: dict[str, Finding]) -> None:
    assert "bot.orders" in muted["bot.loggers_disabled"].evidence[0]
    assert "disable_existing_loggers=False" in muted["bot.loggers_disabled"].remedy


def test_a_bot_that_loads_no_trading_library_is_a_note(muted: dict[str, Finding]) -> None:
    assert muted["bot.no_library"].severity is NOTE


def test_a_bot_that_sends_no_order_is_a_note_that_names_its_library(mixed: dict[str, Finding]) -> None:
    assert (mixed["bot.no_orders"].severity, "ccxt" in mixed["bot.no_orders"].title) == (NOTE, True)


def test_a_bot_that_ends_with_an_error_is_a_note_with_its_last_line(muted: dict[str, Finding]) -> None:
    assert (muted["bot.exit"].severity, muted["bot.exit"].evidence) == (NOTE, ("no key",))


def test_a_process_forked_before_the_set_up_is_found(tmp_path: Path) -> None:
    script = f"""
import os, time
if not os.fork():
    time.sleep({STAY})
    os._exit(0)
from opentelemetry.instrumentation.auto_instrumentation import initialize
initialize()
os.wait()
"""
    found = examine_bot(tmp_path, script, as_is=True)
    assert found["bot.forked_early"].severity is ERROR
    assert len(found["bot.forked_early"].evidence) == 1


def test_a_process_forked_after_the_set_up_is_fine(tmp_path: Path) -> None:
    script = f"import os, time\nif os.fork(): os.wait()\nelse: time.sleep({STAY})\n"
    assert not {"bot.forked_early", "bot.child"} & set(examine_bot(tmp_path, script))


def test_a_child_that_is_started_without_its_environment_is_found(tmp_path: Path) -> None:
    child = f"[sys.executable, '-I', '-c', 'import time; time.sleep({STAY})']"
    assert examine_bot(tmp_path, f"import subprocess, sys\nsubprocess.run({child})\n")["bot.child"].severity is WARNING


def test_a_bot_that_does_not_end_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("otel_trading.doctor.bot.run._PATIENCE_SECONDS", 0.2)
    deaf = ["sh", "-c", "trap '' INT TERM; sleep 60"]
    seen = run_bot(deaf, os.environ, 0.5, lambda _: None, as_is=True)
    assert {found.code: found.severity for found in explain(seen)}["bot.killed"] is WARNING


def test_records_lost_in_the_bot_are_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    script = f"{HEALTHY}\nimport time\ntime.sleep(1.2)\n"
    found = examine_bot(tmp_path, script, OTEL_TRADING_STORE=str(tmp_path / "file" / "store"))
    assert "store_unwritable" in found["losses.dropped"].title
