"""Each process of a bot tells under an instance id of its own, though the user has chosen one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.endtoend.bots import Bots

PROCESSES = """
import logging, multiprocessing, os, subprocess, sys
log = logging.getLogger("bot")
log.setLevel(logging.INFO)

def work(name):
    log.info("%s %d", name, os.getpid())

if __name__ == "__main__":
    if sys.argv[1:]:
        work("subprocess")
    else:
        work("bot")
        if os.fork() == 0:
            work("fork")
            sys.exit()
        os.wait()
        for method in ("spawn", "forkserver"):
            child = multiprocessing.get_context(method).Process(target=work, args=(method,))
            child.start()
            child.join()
        subprocess.run([sys.executable, __file__, "again"], check=True)
"""
FILE = """
file_format: "1.0"
resource: {attributes: [{name: service.instance.id, value: desk-7}, {name: service.name, value: desk}]}
distribution: {otel_trading: {export: store}}
"""


@pytest.mark.parametrize("place", ["variable", "file"])
def test_every_child_has_its_parents_id_and_its_own_number(bots: Bots, tmp_path: Path, place: str) -> None:
    (tmp_path / "otel.yaml").write_text(FILE)
    environ = {
        "variable": {"OTEL_RESOURCE_ATTRIBUTES": "service.instance.id=desk-7"},
        # The variable is the SDK's own, so a file has it ignored; that it masks something must hold nothing up.
        "file": {"OTEL_CONFIG_FILE": str(tmp_path / "otel.yaml"), "OTEL_RESOURCE_ATTRIBUTES": "api_key=secret,a=b"},
    }[place]

    ended = bots.run(PROCESSES, {**environ, "PYTHONWARNINGS": "ignore::DeprecationWarning"})

    assert (ended.returncode, "Traceback" in ended.stderr) == (0, False)
    found = {str(log.body).split()[0]: str(log.body).split()[1] for log in bots.store.logs()}
    assert set(found) == {"bot", "fork", "spawn", "forkserver", "subprocess"}
    ids = {resource["service.instance.id"] for resource in bots.store.resources()}
    assert ids == {"desk-7", *(f"desk-7-{number}" for name, number in found.items() if name != "bot")}
