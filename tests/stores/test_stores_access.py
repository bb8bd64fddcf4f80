"""Where the stack is found, and where credentials go and where not."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from otel_trading.stores.access import find_stack, is_loopback
from otel_trading.stores.errors import StackError

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "correct-horse"
REMOTE = "https://grafana.example"


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the stack's ``.env``."""
    (tmp_path / ".env").write_text(f"OTLP_TOKEN=t\nGRAFANA_PORT=3100\nGRAFANA_PASSWORD={SECRET}\n", encoding="utf-8")
    return tmp_path


def test_both_stores_are_asked_through_grafana_on_this_machine(tmp_path: Path) -> None:
    tempo, loki = find_stack(tmp_path, {})
    assert tempo.url == "http://localhost:3000/api/datasources/proxy/uid/tempo"
    assert loki.url == "http://localhost:3000/api/datasources/proxy/uid/loki"
    assert not tempo.authorization


def test_in_the_stack_s_folder_port_and_password_are_known(folder: Path) -> None:
    tempo, loki = find_stack(folder, {})
    assert tempo.address == "http://localhost:3100"
    assert tempo.authorization == loki.authorization == basic("admin", SECRET)


def test_with_the_tls_overlay_grafana_is_asked_by_https(folder: Path) -> None:
    with (folder / ".env").open("a", encoding="utf-8") as file:
        file.write("COMPOSE_FILE=docker-compose.yml:docker-compose.tls.yml\n")
    assert find_stack(folder, {}).tempo.address == "https://localhost:3100"


@pytest.mark.parametrize("url", [REMOTE, "http://127.0.0.1:9", "https://localhost:3000"])
def test_the_password_in_the_folder_goes_to_no_other_grafana(folder: Path, url: str) -> None:
    assert not find_stack(folder, {"OTEL_TRADING_STACK_URL": url}).tempo.authorization


def test_the_password_in_the_folder_goes_to_no_store_asked_directly(folder: Path) -> None:
    tempo, loki = find_stack(folder, {"OTEL_TRADING_TEMPO_URL": "http://127.0.0.1:3200"})
    assert not tempo.authorization
    assert loki.authorization


def test_another_data_source_of_the_same_grafana_gets_its_credentials(folder: Path) -> None:
    url = "http://localhost:3100/api/datasources/proxy/uid/P21"
    tempo = find_stack(folder, {"OTEL_TRADING_TEMPO_URL": url}).tempo
    assert (tempo.url, tempo.authorization) == (url, basic("admin", SECRET))


def test_a_token_that_is_set_wins_over_the_folder_s_password(folder: Path) -> None:
    assert find_stack(folder, {"OTEL_TRADING_STACK_TOKEN": "glsa_1"}).loki.authorization == "Bearer glsa_1"


def test_user_and_password_that_are_set_are_sent(tmp_path: Path) -> None:
    given = {"OTEL_TRADING_STACK_URL": f"{REMOTE}/", "OTEL_TRADING_STACK_USER": "ann"}
    stack = find_stack(tmp_path, {**given, "OTEL_TRADING_STACK_PASSWORD": "päß"})
    assert stack.tempo.authorization == basic("ann", "päß")
    assert stack.tempo.url.startswith(f"{REMOTE}/api/")


@pytest.mark.parametrize("variable", ["OTEL_TRADING_STACK_USER", "OTEL_TRADING_STACK_PASSWORD"])
def test_a_user_without_a_password_or_the_other_way_is_told(tmp_path: Path, variable: str) -> None:
    with pytest.raises(StackError, match="STACK_USER and OTEL_TRADING_STACK_PASSWORD go together"):
        find_stack(tmp_path, {variable: "x"})


@pytest.mark.parametrize("variable", ["OTEL_TRADING_STACK_URL", "OTEL_TRADING_LOKI_URL"])
def test_credentials_do_not_leave_this_machine_unencrypted(tmp_path: Path, variable: str) -> None:
    with pytest.raises(StackError, match=f"unencrypted.*{variable}") as caught:
        find_stack(tmp_path, {variable: "http://grafana.example", "OTEL_TRADING_STACK_TOKEN": SECRET})
    assert SECRET not in str(caught.value)


def test_without_credentials_plain_http_is_asked_anywhere(tmp_path: Path) -> None:
    assert find_stack(tmp_path, {"OTEL_TRADING_STACK_URL": "http://grafana.example"}).tempo.url


def test_credentials_within_an_address_are_refused_and_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="OTEL_TRADING_STACK_URL holds credentials") as caught:
        find_stack(tmp_path, {"OTEL_TRADING_STACK_URL": f"https://ann:{SECRET}@grafana.example"})
    assert SECRET not in str(caught.value)


def test_an_address_that_is_none_is_told_rather_than_another_one_asked(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="OTEL_TRADING_STACK_URL: 'grafana:3000' is ignored"):
        find_stack(tmp_path, {"OTEL_TRADING_STACK_URL": "grafana:3000"})


def test_credentials_are_not_shown_where_an_access_is_printed(folder: Path) -> None:
    assert SECRET not in repr(find_stack(folder, {}))
    assert basic("admin", SECRET) not in repr(find_stack(folder, {}))


def test_a_folder_s_env_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(StackError, match=r"\.env cannot be read"):
        find_stack(tmp_path, {})


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9", "::1"])
def test_an_address_of_this_machine_alone_is_local(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["127.0.0.1.example", "localhost.example", "10.0.0.1", "", "::"])
def test_another_address_is_not_local_whatever_it_resembles(host: str) -> None:
    assert not is_loopback(host)
