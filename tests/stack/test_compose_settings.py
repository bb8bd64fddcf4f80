"""``.env`` and Docker Compose: what it must hold, what it may change, and the TLS overlay that it turns on."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from otel_trading.stack import lay_out, read_environment, write_environment
from otel_trading.stack.files import PARTS
from otel_trading.stack.variables import SECTIONS, names
from tests.stack.rendered import REPOSITORY, SECRETS, compose, rendered

if TYPE_CHECKING:
    from pathlib import Path

TLS = "docker-compose.tls.yml"
FILES_OF_TLS = {"TLS_CERT_FILE", "TLS_KEY_FILE"}
ACTIVE = {variable.name for section in SECTIONS for variable in section.variables if variable.active}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The stack as ``otel-trading init`` lays it out."""
    lay_out(tmp_path)
    write_environment(tmp_path / ".env")
    return tmp_path


def config(folder: Path) -> dict[str, Any]:
    """Return what Compose makes of a folder with its own ``.env``."""
    done = compose(folder, "config", "--format=json")
    assert (done.returncode, done.stderr) == (0, "")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def ports(stack: dict[str, Any]) -> set[tuple[str, str, int]]:
    found = [port for service in stack["services"].values() for port in service.get("ports", [])]
    return {(port["host_ip"], port["published"], port["target"]) for port in found}


def change(folder: Path, name: str, value: str) -> None:
    """Edit ``.env`` as a user would: set a variable, taking it in where it is a comment."""
    path = folder / ".env"
    text, changed = re.subn(
        rf"^#?{name}=.*$", lambda _: f"{name}={value}", path.read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    assert changed == 1
    path.write_text(text, encoding="utf-8")


def test_without_a_env_compose_refuses_and_names_the_command_that_makes_one(folder: Path) -> None:
    (folder / ".env").unlink()
    done = compose(folder, "config")
    assert done.returncode != 0
    assert "run otel-trading init" in done.stderr


@pytest.mark.parametrize("name", SECRETS)
def test_without_a_secret_or_with_an_empty_one_compose_refuses(folder: Path, name: str) -> None:
    change(folder, name, "")
    done = compose(folder, "config")
    assert done.returncode != 0
    assert f"{name} is missing a value: run otel-trading init" in done.stderr


def test_what_init_makes_is_taken_as_it_stands(folder: Path) -> None:
    written = read_environment(folder / ".env")
    services = config(folder)["services"]
    assert services["collector"]["environment"]["OTLP_TOKEN"] == written["OTLP_TOKEN"]
    assert services["collector"]["environment"]["REDACTION_KEY"] == written["REDACTION_KEY"]
    assert services["grafana"]["environment"]["GF_SECURITY_ADMIN_PASSWORD"] == written["GRAFANA_PASSWORD"]
    assert services["grafana"]["environment"]["GF_SECURITY_SECRET_KEY"] == written["GRAFANA_SECRET_KEY"]


def test_what_init_writes_into_env_is_what_holds_without_it(folder: Path) -> None:
    written = read_environment(folder / ".env")
    secrets = {name: written[name] for name in SECRETS}
    assert config(folder) == rendered(folder, secrets)


def test_env_holds_every_variable_that_compose_reads_and_no_other() -> None:
    texts = [(REPOSITORY / part).read_text(encoding="utf-8") for part in PARTS if part.endswith(".yml")]
    read = {name for text in texts for name in re.findall(r"(?<!\$)\$\{(\w+)", text)}
    passed_on = {name for name, value in rendered()["services"]["collector"]["environment"].items() if value is None}
    assert read | passed_on == names() - {"COMPOSE_FILE"}  # which Compose itself reads


def test_what_a_layer_asks_for_comes_from_env() -> None:
    layers = (REPOSITORY / "collector" / "layers").glob("*.yaml")
    asked = {name for path in layers for name in re.findall(r"\$\{env:(\w+)", path.read_text(encoding="utf-8"))}
    files_of_tls = {"COLLECTOR_TLS_CERT", "COLLECTOR_TLS_KEY"}  # where docker-compose.tls.yml mounts them
    assert asked - files_of_tls <= names()


@pytest.mark.parametrize("name", sorted(names() - ACTIVE - {"COMPOSE_FILE", "BIND_ADDRESS", *FILES_OF_TLS}))
def test_a_layers_variable_reaches_the_collector_where_it_is_set(folder: Path, name: str) -> None:
    assert config(folder)["services"]["collector"]["environment"][name] is None
    change(folder, name, "'a value'")
    assert config(folder)["services"]["collector"]["environment"][name] == "a value"


def test_a_default_is_the_same_here_and_in_the_servers_own_files() -> None:
    environments = [service.get("environment") or {} for service in rendered()["services"].values()]
    given = {name: value for environment in environments for name, value in environment.items() if value is not None}
    files = [path for part in ("collector", "loki", "tempo") for path in (REPOSITORY / part).rglob("*.yaml")]
    found = [pair for path in files for pair in re.findall(r"\$\{(?:env:)?(\w+):-([^}]*)\}", path.read_text("utf-8"))]
    both = [(name, default) for name, default in found if name in given]
    assert len(dict(both)) > 5
    assert [(name, default) for name, default in both if given[name] != default] == []


@pytest.mark.parametrize("name", sorted(ACTIVE - set(SECRETS)))
def test_each_variable_changes_something(folder: Path, name: str) -> None:
    change(folder, name, "--config=/etc/otelcol/layers/x.yaml" if name == "COLLECTOR_LAYERS" else "7")
    written = read_environment(folder / ".env")
    assert config(folder) != rendered(folder, {secret: written[secret] for secret in SECRETS})


def test_grafana_starts_without_a_sender_of_the_users_own(folder: Path) -> None:
    """Its reader of addresses asks for a dot behind the @, mail or no mail; without one Grafana ends at the start."""
    sender = config(folder)["services"]["grafana"]["environment"]["GF_SMTP_FROM_ADDRESS"]

    assert re.fullmatch(r"[^@\s]+@[^@\s.]+\.[^@\s]+", sender)


def test_a_secret_of_the_users_own_survives_in_single_quotes(folder: Path) -> None:
    secret = 'a $tranger & "odd" #1 {secret}'
    change(folder, "OTLP_TOKEN", f"'{secret}'")
    # In what `config` prints, a $ of a value is doubled, so that it can be read again.
    assert config(folder)["services"]["collector"]["environment"]["OTLP_TOKEN"] == secret.replace("$", "$$")
    assert read_environment(folder / ".env")["OTLP_TOKEN"] == secret


def test_no_layer_is_no_argument_and_two_are_two(folder: Path) -> None:
    own = ["--config=/etc/otelcol/collector.yaml", "--config=/etc/otelcol/cleaning.yaml"]
    assert config(folder)["services"]["collector"]["command"] == own
    layers = ["--config=/etc/otelcol/layers/a.yaml", "--config=/etc/otelcol/layers/b.yaml"]
    change(folder, "COLLECTOR_LAYERS", f"'{' '.join(layers)}'")
    assert config(folder)["services"]["collector"]["command"] == own + layers


def test_ports_can_be_moved_and_stay_on_the_loopback_address(folder: Path) -> None:
    for name in ("OTLP_GRPC_PORT", "OTLP_HTTP_PORT", "COLLECTOR_HEALTH_PORT", "GRAFANA_PORT"):
        port = read_environment(folder / ".env")[name]
        change(folder, name, f"1{port}"[:5])
    change(folder, "BIND_ADDRESS", "0.0.0.0")  # noqa: S104 - must have no effect without TLS
    assert {host for host, _, _ in ports(config(folder))} == {"127.0.0.1"}
    assert {published for _, published, _ in ports(config(folder))} == {"14317", "14318", "11313", "13000"}


def test_env_turns_tls_on_for_the_collector_and_grafana(folder: Path) -> None:
    change(folder, "COMPOSE_FILE", f"docker-compose.yml:{TLS}")
    change(folder, "COLLECTOR_LAYERS", "--config=/etc/otelcol/layers/x.yaml")
    stack = config(folder)
    assert stack["services"]["collector"]["command"] == [
        "--config=/etc/otelcol/collector.yaml",
        "--config=/etc/otelcol/cleaning.yaml",
        "--config=/etc/otelcol/layers/tls.yaml",
        "--config=/etc/otelcol/layers/x.yaml",
    ]
    grafana = stack["services"]["grafana"]
    assert grafana["environment"]["GF_SERVER_PROTOCOL"] == "https"
    assert grafana["environment"]["GF_SERVER_ROOT_URL"].startswith("https://")
    assert grafana["healthcheck"]["test"][-1].startswith("https://")
    for name in ("collector", "grafana"):
        mounts = {mount["target"]: mount for mount in stack["services"][name]["volumes"]}
        for file in ("cert.pem", "key.pem"):
            assert mounts[f"/etc/tls/{file}"]["source"] == str(folder / "tls" / file)
            assert mounts[f"/etc/tls/{file}"]["read_only"] is True


def test_the_certificate_may_lie_elsewhere(folder: Path) -> None:
    change(folder, "COMPOSE_FILE", f"docker-compose.yml:{TLS}")
    change(folder, "TLS_CERT_FILE", "/etc/ssl/desk.pem")
    change(folder, "TLS_KEY_FILE", "../desk.key")
    mounts = {mount["target"]: mount["source"] for mount in config(folder)["services"]["grafana"]["volumes"]}
    assert mounts["/etc/tls/cert.pem"] == "/etc/ssl/desk.pem"
    assert mounts["/etc/tls/key.pem"] == str(folder.parent / "desk.key")


def test_with_tls_otlp_and_grafana_may_be_published_but_not_the_health_port(folder: Path) -> None:
    change(folder, "COMPOSE_FILE", f"docker-compose.yml:{TLS}")
    change(folder, "BIND_ADDRESS", "10.0.0.5")
    assert ports(config(folder)) == {
        ("10.0.0.5", "4317", 4317),
        ("10.0.0.5", "4318", 4318),
        ("10.0.0.5", "3000", 3000),
        ("127.0.0.1", "13133", 13133),
    }
