"""Who has no token gets nothing in: refused on both ports for each signal, counted, stored nowhere, and told so."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest
import requests
from click.testing import CliRunner

from otel_trading.cli import main
from tests.endtoend.bots import bots_in, eventually
from tests.endtoend.programs import ONE_ORDER
from tests.stack.harness.messages import one_of_each
from tests.stack.harness.numbered import SIGNALS
from tests.stack.harness.prometheus import Prometheus
from tests.stack.harness.sending import WAYS, arrived, good_records_arrive, unique

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.endtoend.bots import Ended
    from tests.stack.harness.stack import Stack

REFUSED = {"http": "401", "grpc": "UNAUTHENTICATED"}

# Which series of the Collector's own metrics tells of it.
COUNTED = {
    "http": 'http_server_request_duration_seconds_count{http_response_status_code="401"}',
    "grpc": 'rpc_server_call_duration_seconds_count{rpc_response_status_code="UNAUTHENTICATED"}',
}

CREDENTIALS: dict[str, Callable[[str], str | None]] = {
    "no token": lambda _: None,
    "an empty header": lambda _: "",
    "an empty token": lambda _: "Bearer ",
    "a wrong token": lambda _: "Bearer wrong",
    "the token cut short": lambda token: f"Bearer {token[:-1]}",
    "the token and more": lambda token: f"Bearer {token}x",
    "the token without a scheme": lambda token: token,
    "the token in another scheme": lambda token: f"Basic {base64.b64encode(f'bot:{token}'.encode()).decode()}",
    "the token with two schemes": lambda token: f"Bearer Bearer {token}",
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("credential", CREDENTIALS)
def test_without_the_token_no_signal_is_taken(stack: Stack, way: str, credential: str) -> None:
    given = CREDENTIALS[credential](stack.token)
    headers = {"authorization": given}
    for signal, message in one_of_each(unique("refused")).items():
        body = message.SerializeToString()
        if way == "grpc":
            answer = WAYS["grpc"](stack, signal, body, {} if given is None else headers)
        else:
            answer = WAYS["http"](stack, signal, body, headers)

        assert answer.status == REFUSED[way], signal
        assert stack.token not in answer.words


def test_with_the_token_each_signal_arrives_by_either_port_within_seconds(stack: Stack) -> None:
    good_records_arrive(stack, seconds=10)


def test_what_is_refused_is_stored_nowhere(stack: Stack) -> None:
    services = {way: unique(f"refused-{way}") for way in WAYS}
    for way, service in services.items():
        for signal, message in one_of_each(service).items():
            assert not WAYS[way](stack, signal, message.SerializeToString(), {"authorization": "Bearer wrong"}).taken

    good_records_arrive(stack)  # whatever was sent before them would be there as well

    for service in services.values():
        assert arrived(stack, service) == set()


@pytest.mark.parametrize("way", WAYS)
def test_each_refusal_is_counted_in_prometheus(stack: Stack, way: str) -> None:
    prometheus = Prometheus(stack.prometheus_url)
    before = prometheus.total(COUNTED[way])
    for signal, message in one_of_each(unique("refused")).items():
        WAYS[way](stack, signal, message.SerializeToString(), {"authorization": "Bearer wrong"})

    eventually(lambda: prometheus.total(COUNTED[way]) >= before + len(SIGNALS), 90)


def test_the_port_for_health_needs_no_token_and_tells_nothing_of_it(stack: Stack) -> None:
    answer = requests.get(stack.health_url, timeout=5)

    assert answer.status_code == 200
    assert stack.token not in answer.text


@pytest.fixture(params=["http/protobuf", "grpc"])
def environ(request: pytest.FixtureRequest, stack: Stack) -> dict[str, str]:
    """A bot's variables with a token that is wrong."""
    grpc = request.param == "grpc"
    return {
        **stack.bot_environment,
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://{stack.otlp_grpc}" if grpc else stack.otlp_http,
        "OTEL_EXPORTER_OTLP_PROTOCOL": request.param,
        "OTEL_EXPORTER_OTLP_HEADERS": "authorization=Bearer%20wrong",
    }


@pytest.fixture
def ended(tmp_path: Path, environ: dict[str, str]) -> Iterator[Ended]:
    """A bot with a wrong token, at its end."""
    with bots_in(tmp_path) as bots:
        yield bots.run(ONE_ORDER, environ)


def test_a_bot_with_a_wrong_token_trades_on_and_its_log_names_the_remedy(ended: Ended) -> None:
    assert (ended.returncode, ended.stdout) == (0, "done\n")
    assert "OTEL_EXPORTER_OTLP_HEADERS" in ended.stderr
    for signal in ("traces", "logs"):
        assert f"records of {signal} lost so far" in ended.stderr


def test_the_doctor_names_the_remedy_for_a_wrong_token(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)

    result = CliRunner().invoke(main, ["doctor", "--json", "--store", str(tmp_path)])

    found = {each["code"]: each for each in json.loads(result.stdout)["findings"]}
    assert result.exit_code == 2, result.output
    assert "OTEL_EXPORTER_OTLP_HEADERS" in found["receiver.unauthorized"]["remedy"]
    assert "(traces, logs, metrics)" in found["receiver.unauthorized"]["title"]


def test_the_doctor_is_content_with_the_right_token(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in stack.bot_environment.items():
        monkeypatch.setenv(name, value)

    result = CliRunner().invoke(main, ["doctor", "--json", "--store", str(tmp_path)])

    codes = {each["code"]: each["severity"] for each in json.loads(result.stdout)["findings"]}
    assert {code: severity for code, severity in codes.items() if code.startswith("receiver")} == {"receiver": "ok"}
