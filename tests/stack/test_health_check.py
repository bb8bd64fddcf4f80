"""The Collector's health check: its image has no shell, so ``validate`` asks for the health."""

from __future__ import annotations

import os
import subprocess
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest

from tests.stack.harness.built import built
from tests.stack.harness.ports import free_port
from tests.stack.rendered import REPOSITORY, rendered

if TYPE_CHECKING:
    from collections.abc import Iterator

# What the health_check extension answers while all is well.
WELL = b'{"status":"Server available","upSince":"2026-01-02T03:04:05Z","uptime":"1h2m3s"}'


@contextmanager
def answering(status: int) -> Iterator[str]:
    """Serve that status at an address; yields host:port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(WELL)

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join(10)


def check(address: str) -> subprocess.CompletedProcess[str]:
    """Run the check as the container would, on an address of this machine."""
    program, *arguments = rendered()["services"]["collector"]["healthcheck"]["test"][1:]
    assert program == "/otelcol-contrib"
    here = [word.replace("/etc/otelcol/", f"{REPOSITORY}/collector/") for word in arguments]
    return subprocess.run(
        [built("collector"), *here],
        env={"PATH": os.environ["PATH"], "COLLECTOR_HEALTH": address},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_it_passes_while_the_collector_is_well() -> None:
    with answering(200) as address:
        done = check(address)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("status", [503, 404])
def test_it_fails_while_the_collector_is_not(status: int) -> None:
    with answering(status) as address:
        done = check(address)
    assert done.returncode != 0
    assert f"status code: {status}" in done.stderr


def test_it_fails_where_nobody_answers() -> None:
    done = check(f"127.0.0.1:{free_port()}")
    assert done.returncode != 0
    assert "connection refused" in done.stderr
