"""The commands of docs/stack.md. Tests have no Docker daemon: what needs one is checked as far as its words go."""

from __future__ import annotations

import re
import shlex
import socket
import ssl
import subprocess
import threading
from typing import TYPE_CHECKING

import pytest

from otel_trading.stack.variables import names
from tests.stack.rendered import REPOSITORY, compose, rendered

if TYPE_CHECKING:
    from pathlib import Path

PAGE = (REPOSITORY / "docs" / "stack.md").read_text(encoding="utf-8")
LINES = [
    line.removeprefix("$ ")
    for block in re.findall(r"^```console\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    for line in block.splitlines()
]

# tests/test_docs.py sees to otel-trading's; these change nothing but the user's own folders.
OF_THE_SHELL = {"cd", "cp", "diff", "eval", "otel-trading", "pip", "opentelemetry-instrument"}
CERTIFICATE = [line for line in LINES if line.split()[0] in {"mkdir", "openssl", "chmod"}]
COMPOSE = [line for line in LINES if line.startswith("docker compose ")]
RUN = [line for line in LINES if line.startswith("docker run ")]


def test_each_command_of_the_page_is_looked_at_by_some_test() -> None:
    assert [
        line for line in LINES if line not in {*CERTIFICATE, *COMPOSE, *RUN} and line.split()[0] not in OF_THE_SHELL
    ] == []


@pytest.mark.parametrize("line", COMPOSE)
def test_a_compose_command_and_its_options_and_services_are_known(line: str, tmp_path: Path) -> None:
    subcommand, *words = shlex.split(line)[2:]
    helped = compose(tmp_path, subcommand, "--help")
    assert helped.returncode == 0, helped.stderr
    assert f"docker compose {subcommand}" in helped.stdout
    services = [word for word in words if word in rendered()["services"]]
    options = [word for word in words if word.startswith("-")]
    assert [option for option in options if not re.search(rf"(?<![\w-]){option}\b", helped.stdout)] == []
    if subcommand in {"exec", "logs"} or "--no-deps" in words:
        assert len(services) >= 1


def test_the_backup_holds_every_volume() -> None:
    (line,) = RUN
    mounted = re.findall(r"-v (\S+?):/data/", line)
    volumes = [volume["name"] for volume in rendered()["volumes"].values()]
    assert sorted(mounted) == sorted(volumes)
    assert rendered()["services"]["keeper"]["image"] in shlex.split(line)


def test_the_bots_network_has_the_name_of_the_page() -> None:
    stack = rendered()
    assert f"`{stack['networks']['outside']['name']}`" in PAGE
    assert "outside" in stack["services"]["collector"]["networks"]


def test_a_variable_that_the_page_names_is_one_of_env() -> None:
    others = {
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "OTEL_EXPORTER_OTLP_CERTIFICATE",
        "OTEL_TRADING_EXPORT",
        "OTEL_TRADING_STACK_CA",
    }
    named = set(re.findall(r"\b[A-Z]+(?:_[A-Z]+)+\b", PAGE)) - others
    assert named
    assert named <= names()


def test_the_certificate_of_the_page_is_one_that_a_strict_client_takes(tmp_path: Path) -> None:
    assert len(CERTIFICATE) == 3
    for line in CERTIFICATE:
        subprocess.run(shlex.split(line), cwd=tmp_path, check=True, capture_output=True)
    files = tmp_path / "tls"
    assert files.stat().st_mode & 0o777 == 0o700
    assert (files / "key.pem").stat().st_mode & 0o777 == 0o644  # the containers' users are others
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(files / "cert.pem", files / "key.pem")
    client = ssl.create_default_context(cafile=files / "cert.pem")
    client.verify_flags |= ssl.VERIFY_X509_STRICT  # the default from Python 3.13 on
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(10)

        def answer() -> None:
            for _ in range(2):
                with server.wrap_socket(listener.accept()[0], server_side=True) as accepted:
                    accepted.sendall(b"taken")

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        for name in ("localhost", "127.0.0.1"):
            with (
                socket.create_connection(listener.getsockname(), timeout=10) as raw,
                client.wrap_socket(raw, server_hostname=name) as connection,
            ):
                assert connection.recv(5) == b"taken"
        thread.join(10)
