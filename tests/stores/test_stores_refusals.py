"""What goes wrong between here and a store is told with the setting and the remedy, and nothing else breaks."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

import pytest

from tests.stores.asking import ask, lines, on_the_wire
from tests.stores.pretended import Answer, Asked, PretendedStack
from tests.story import scenes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ORDER = "cl-7f3a-0001"
TOKEN = "glsa_very-private"


@pytest.fixture
def stack() -> Iterator[PretendedStack]:
    tape = on_the_wire(scenes.filled_in_two())
    with PretendedStack(tape.spans_kept, tape.logs_kept) as running:
        yield running


@pytest.fixture
def closed() -> str:
    """The URL of a port that nobody listens on."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{held.getsockname()[1]}"


BOTH_FAIL = [
    (Answer(401, {"message": "Unauthorized"}), "asks for credentials (401). Set OTEL_TRADING_STACK_TOKEN"),
    (Answer(403, {"message": "Permission denied"}), "does not let these credentials query Tempo (403)"),
    (Answer(404, {"message": "Data source not found"}), "has no data source 'tempo' (404). Set OTEL_TRADING_TEMPO_URL"),
    (Answer(404, b"<html>nginx</html>"), "does not know Tempo's API (404). Set OTEL_TRADING_STACK_URL"),
    (Answer(429, b"slow down"), "is asked too much (429). Try again"),
    (Answer(500, b"it \x1b[31mbroke\n badly"), "failed (500): it [31mbroke badly"),
    (Answer(502, b""), "does not reach Tempo: see docker compose ps --all"),
    (Answer(302, b""), "is no Tempo, or sends requests elsewhere. Set OTEL_TRADING_STACK_URL"),
    (Answer(200, b"<html>a log-in page</html>"), "is no Tempo, or sends requests elsewhere"),
    (Answer(200, [1, 2]), "is no Tempo, or sends requests elsewhere"),
    (Answer(200, {"some": "thing"}), "Tempo's answer is no list of traces"),
    (Answer(200, {"data": {"result": [{"stream": {}}]}}), "Loki's answer is no list of log streams (KeyError)"),
]


@pytest.mark.parametrize(("answer", "told"), BOTH_FAIL)
def test_a_refusal_of_both_stores_is_told_with_its_remedy(stack: PretendedStack, answer: Answer, told: str) -> None:
    stack.trouble["/"] = answer
    result = ask(stack, "order", ORDER)
    assert (result.exit_code, result.stdout) == (1, "")
    assert told in result.stderr
    assert "Traceback" not in result.stderr


def test_no_stack_at_all_is_told_once(closed: str) -> None:
    result = ask(closed, "order", ORDER)
    assert result.exit_code == 1
    assert result.stderr == (
        f"Error: Grafana at {closed}: nothing answers there. Is the stack up (docker compose ps --all)? "
        "Else set OTEL_TRADING_STACK_URL.\n"
    )


@pytest.mark.parametrize("command", ["orders", "logs"])
def test_lists_need_loki_and_say_so(stack: PretendedStack, command: str) -> None:
    stack.trouble["/uid/loki/"] = Answer(503, b"Ingester not ready")
    result = ask(stack, command)
    assert result.exit_code == 1
    assert "does not reach Loki" in result.stderr


def test_a_story_without_tempo_is_told_with_a_warning(stack: PretendedStack) -> None:
    stack.trouble["/uid/tempo/"] = Answer(502, b"")
    result = ask(stack, "order", ORDER, "--json")
    [story] = lines(result)
    assert (story["status"], story["fills"], story["spans"]) == ("filled", 2, 0)
    assert "warning: Spans are missing" in result.stderr
    assert "does not reach Tempo" in result.stderr


def test_a_story_without_loki_is_told_with_a_warning(stack: PretendedStack) -> None:
    stack.trouble["/uid/loki/"] = Answer(403, {"message": "Permission denied"})
    result = ask(stack, "order", ORDER, "--json")
    [story] = lines(result)
    assert story["client_ids"] == [ORDER]
    assert story["spans"] == 5
    assert "warning: Events and log lines are missing" in result.stderr
    assert "query Loki (403)" in result.stderr


def test_a_store_that_failed_is_not_asked_again(stack: PretendedStack) -> None:
    stack.trouble["/uid/tempo/"] = Answer(502, b"")
    ask(stack, "order", ORDER)
    assert sum("/uid/tempo/" in asked.path for asked in stack.asked) == 1


def test_what_fails_after_the_story_was_found_does_not_cost_the_story(stack: PretendedStack) -> None:
    original = stack.loki

    def tired(asked: Asked) -> Answer:
        return Answer(429, b"") if "event_name" in asked.params["query"] else original(asked)

    stack.loki = tired  # type: ignore[method-assign] # Loki has enough of questions
    result = ask(stack, "order", ORDER, "--json")
    assert lines(result)[0]["fills"] == 2
    assert "asked too much (429)" in result.stderr


def test_a_store_that_hangs_is_given_up() -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        result = ask(url, "order", ORDER, OTEL_TRADING_STACK_SECONDS="0.2")
    assert result.exit_code == 1
    assert "did not answer within 0.2 s" in result.stderr
    assert "OTEL_TRADING_STACK_SECONDS" in result.stderr


def test_an_answer_that_breaks_off_is_told() -> None:
    def break_off(listening: socket.socket) -> None:
        for _ in range(2):
            connection, _ = listening.accept()
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
            connection.close()

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        thread = threading.Thread(target=break_off, args=(listening,))
        thread.start()
        result = ask(f"http://127.0.0.1:{listening.getsockname()[1]}", "order", ORDER)
        thread.join(10)
    assert result.exit_code == 1
    assert "Error: Grafana at" in result.stderr
    assert "OTEL_TRADING_STACK_URL" in result.stderr


def test_credentials_are_sent_where_they_are_asked_for_and_shown_nowhere(stack: PretendedStack) -> None:
    stack.authorization = f"Bearer {TOKEN}"
    assert ask(stack, "order", ORDER, OTEL_TRADING_STACK_TOKEN=TOKEN).exit_code == 0
    stack.authorization = "Bearer another"
    refused = ask(stack, "order", ORDER, OTEL_TRADING_STACK_TOKEN=TOKEN)
    assert "refuses the credentials (401)" in refused.stderr
    assert TOKEN not in refused.output


def test_a_redirect_is_not_followed_with_credentials(stack: PretendedStack) -> None:
    with PretendedStack((), ()) as elsewhere:
        stack.trouble["/"] = Answer(302, b"")
        stack.redirect = elsewhere.url
        assert ask(stack, "order", ORDER, OTEL_TRADING_STACK_TOKEN=TOKEN).exit_code == 1
        assert elsewhere.asked == []


def test_neither_netrc_nor_a_proxy_has_a_part_in_asking_this_machine(
    stack: PretendedStack, tmp_path: Path, closed: str
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login eve password eve\n", encoding="utf-8")
    given = {"NETRC": str(netrc), "HTTP_PROXY": closed, "http_proxy": closed, "NO_PROXY": "", "no_proxy": ""}
    assert ask(stack, "order", ORDER, **given).exit_code == 0
    assert not [asked for asked in stack.asked if "Authorization" in asked.headers]


def test_a_file_of_certificates_that_is_not_there_is_told(tmp_path: Path) -> None:
    missing = tmp_path / "ca.pem"
    result = ask("https://127.0.0.1:9", "order", ORDER, OTEL_TRADING_STACK_CA=str(missing))
    assert result.exit_code == 1
    assert f"{missing} (OTEL_TRADING_STACK_CA)" in result.stderr
