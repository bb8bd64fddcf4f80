"""``otel-trading init``: what it writes, what it leaves alone, and what it says."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from otel_trading.stack import files, read_environment, write_environment
from otel_trading.stack.environment import EnvironmentFileError
from otel_trading.stack.variables import SECTIONS, names
from tests.cli.shell import run

if TYPE_CHECKING:
    from click.testing import Result

MADE_UP = [v.name for section in SECTIONS for v in section.variables if not isinstance(v.value, str)]
BOT = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_HEADERS"]


def init(*arguments: str | Path) -> Result:
    return run("init", *arguments)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def sourced(text: str) -> dict[str, str]:
    """Return the variables of a shell that has sourced a text."""
    done = subprocess.run(
        ["/bin/sh", "-euc", f"{text}\nexec env -0"], capture_output=True, check=True, env={}, text=True
    )
    return dict(line.split("=", 1) for line in done.stdout.split("\0") if "=" in line)


def test_it_lays_out_every_file_of_the_stack(tmp_path: Path) -> None:
    assert init(tmp_path / "stack").exit_code == 0
    laid = {path.relative_to(tmp_path / "stack") for path in (tmp_path / "stack").rglob("*") if path.is_file()}
    assert {Path(".env"), *map(Path, files.bundled())} == laid
    assert all((tmp_path / "stack" / part).exists() for part in files.PARTS)


def test_the_folder_is_here_unless_one_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert init().exit_code == 0
    assert (tmp_path / "docker-compose.yml").is_file()
    assert (tmp_path / ".env").is_file()


def test_what_it_prints_can_be_sourced_and_gives_the_bot_its_variables(tmp_path: Path) -> None:
    shell = sourced(init(tmp_path).stdout)
    token = read_environment(tmp_path / ".env")["OTLP_TOKEN"]
    assert {name: shell[name] for name in BOT} == {
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318",
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
        "OTEL_EXPORTER_OTLP_HEADERS": f"authorization=Bearer%20{token}",
    }


def test_it_says_how_to_go_on_and_where_grafanas_password_is_without_printing_it(tmp_path: Path) -> None:
    done = init(tmp_path)
    assert f"cd {tmp_path} && docker compose up" in done.stdout
    assert f"GRAFANA_PASSWORD in {tmp_path / '.env'}" in done.stdout
    kept = read_environment(tmp_path / ".env")
    for name in ("GRAFANA_PASSWORD", "GRAFANA_SECRET_KEY", "REDACTION_KEY"):
        assert kept[name] not in done.output


def test_secrets_are_long_and_made_anew_each_time(tmp_path: Path) -> None:
    for folder in "ab":
        init(tmp_path / folder)
    first, second = (read_environment(tmp_path / folder / ".env") for folder in "ab")
    assert MADE_UP
    for name in MADE_UP:
        assert first[name] != second[name]
        assert len(bytes.fromhex(first[name])) >= 16
    assert len({first[name] for name in MADE_UP}) == len(MADE_UP)


def test_a_secret_needs_no_quotes_anywhere(tmp_path: Path) -> None:
    write_environment(tmp_path / ".env")
    written = read_environment(tmp_path / ".env")
    assert all(written[name].isalnum() for name in MADE_UP)


def test_the_file_is_for_its_owner_alone_before_its_first_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    really = os.open

    def opened(path: Path, flags: int, mode_: int) -> int:
        descriptor = really(path, flags, mode_)
        found = os.fstat(descriptor)
        seen.append((stat.S_IMODE(found.st_mode), found.st_size))
        return descriptor

    monkeypatch.setattr(os, "open", opened)
    before = os.umask(0)
    try:
        write_environment(tmp_path / ".env")
    finally:
        os.umask(before)
    assert seen == [(0o600, 0)]
    assert mode(tmp_path / ".env") == 0o600


def test_the_containers_users_may_read_the_stacks_files_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        init(tmp_path)
    finally:
        os.umask(before)
    for name in files.bundled():
        assert mode(tmp_path / name) == 0o644
        assert {mode(tmp_path / folder) for folder in name.parents[:-1]} <= {0o755}
    assert mode(tmp_path / ".env") == 0o600


@pytest.mark.parametrize("make", [Path.touch, lambda path: path.symlink_to("nowhere"), Path.mkdir])
def test_a_env_that_is_there_is_kept_and_nothing_is_written_beside_it(tmp_path: Path, make: object) -> None:
    assert callable(make)
    make(tmp_path / ".env")
    done = init(tmp_path)
    assert done.exit_code == 2
    assert f"{tmp_path / '.env'} is there already" in done.stderr
    assert f"otel-trading init --show {tmp_path}" in done.stderr
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == [tmp_path / ".env"]
    assert not (tmp_path / "nowhere").exists()


def test_a_env_that_appears_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("OTLP_TOKEN=mine\n", encoding="utf-8")
    with pytest.raises(EnvironmentFileError, match="is there already"):
        write_environment(tmp_path / ".env")
    assert (tmp_path / ".env").read_text(encoding="utf-8") == "OTLP_TOKEN=mine\n"


def test_half_a_env_is_not_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    done = init(tmp_path)
    assert done.exit_code == 2
    assert "No space left on device" in done.stderr
    assert not (tmp_path / ".env").exists()


def test_a_file_of_the_stack_that_differs_is_told_and_kept(tmp_path: Path) -> None:
    (tmp_path / "loki").mkdir()
    (tmp_path / "loki" / "loki.yaml").write_text("mine: true\n", encoding="utf-8")
    done = init(tmp_path)
    assert done.exit_code == 0
    assert [line for line in done.stderr.splitlines() if line.startswith("kept")] == [
        "kept loki/loki.yaml: it is not the one of this version"
    ]
    assert (tmp_path / "loki" / "loki.yaml").read_text(encoding="utf-8") == "mine: true\n"


def test_files_that_are_there_just_so_are_no_news(tmp_path: Path) -> None:
    init(tmp_path)
    (tmp_path / ".env").unlink()
    done = init(tmp_path)
    assert done.exit_code == 0
    assert done.stderr.splitlines()[0] == f"the files of the stack are in {tmp_path} already"
    assert "kept" not in done.stderr


def test_a_checkout_that_containers_cannot_read_is_told_with_the_remedy(tmp_path: Path) -> None:
    init(tmp_path)
    (tmp_path / ".env").unlink()
    (tmp_path / "tempo" / "tempo.yaml").chmod(0o600)
    (tmp_path / "collector").chmod(0o700)
    assert "chmod -R go+rX collector tempo" in init(tmp_path).stderr


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "loki").write_text("a file where a folder goes", encoding="utf-8")
    done = init(tmp_path)
    assert done.exit_code == 2
    assert f"Error: {tmp_path / 'loki'} cannot be written: File exists" in done.stderr


def test_show_prints_the_same_variables_again_and_writes_nothing(tmp_path: Path) -> None:
    first = init(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    again = init("--show", tmp_path)
    assert (again.exit_code, again.stdout, again.stderr) == (0, first.stdout, "")
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_show_follows_what_the_user_changed(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        "OTLP_TOKEN='it%s a $tranger\"'\n"
        "OTLP_HTTP_PORT=14318 # taken\n"
        'GRAFANA_PORT="13000"\n'
        "COMPOSE_FILE=docker-compose.yml:docker-compose.tls.yml\n",
        encoding="utf-8",
    )
    done = init("--show", tmp_path)
    shell = sourced(done.stdout)
    assert shell["OTEL_EXPORTER_OTLP_ENDPOINT"] == "https://localhost:14318"
    assert shell["OTEL_EXPORTER_OTLP_HEADERS"] == "authorization=Bearer%20it%25s%20a%20%24tranger%22"
    assert shell["OTEL_EXPORTER_OTLP_CERTIFICATE"] == str(tmp_path / "tls/cert.pem")
    assert "https://localhost:13000" in done.stdout


@pytest.mark.parametrize(
    ("content", "told"), [(None, "is not there: otel-trading init"), ("OTLP_TOKEN=\n", "OTLP_TOKEN is missing")]
)
def test_show_without_a_token_says_what_to_do(tmp_path: Path, content: str | None, told: str) -> None:
    if content is not None:
        (tmp_path / ".env").write_text(content, encoding="utf-8")
    done = init("--show", tmp_path)
    assert done.exit_code == 2
    assert told in done.stderr
    assert done.stdout == ""


def test_every_variable_is_explained_in_the_file(tmp_path: Path) -> None:
    write_environment(tmp_path / ".env")
    lines = (tmp_path / ".env").read_text(encoding="utf-8").splitlines()
    assert max(map(len, lines)) <= 120
    for name in names():
        (at,) = [number for number, line in enumerate(lines) if line.removeprefix("#").startswith(f"{name}=")]
        assert lines[at - 1].startswith("# "), name


def test_a_missing_bundle_is_told_with_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "__file__", str(tmp_path / "otel_trading" / "stack" / "files.py"))
    done = init(tmp_path / "stack")
    assert done.exit_code == 2
    assert "install otel-trading again" in done.stderr


def test_the_stacks_files_come_with_the_wheel(tmp_path: Path) -> None:
    root = Path(files.__file__).resolve().parents[2]
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(build, cwd=root, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    command = [sys.executable, "-m", "otel_trading.cli", "init", str(tmp_path / "stack")]
    elsewhere = {"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path / "installed")}
    subprocess.run(command, cwd=tmp_path, env=elsewhere, check=True, capture_output=True)
    laid = {path.relative_to(tmp_path / "stack") for path in (tmp_path / "stack").rglob("*") if path.is_file()}
    assert laid == {Path(".env"), *map(Path, files.bundled())}
    assert (tmp_path / "installed" / "otel_trading" / "stack" / "files" / "docker-compose.yml").is_file()
