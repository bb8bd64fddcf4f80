"""Settings: what each takes, and what is said of a value that it does not take."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from otel_trading import settings
from otel_trading.setting_kinds import Secret
from otel_trading.settings import TABLE, Settings, load

DEFAULTS = load({})[0]

GOOD: list[tuple[str, str, Any]] = [
    ("OTEL_TRADING_EXPORT", "both", "both"),
    ("OTEL_TRADING_EXPORT", " OTLP ", "otlp"),
    ("OTEL_TRADING_STORE", "/var/lib/bot", Path("/var/lib/bot")),
    ("OTEL_TRADING_STORE_MAX_BYTES", "1048576", 1048576),
    ("OTEL_TRADING_STORE_MAX_DAYS", "0.5", 0.5),
    ("OTEL_TRADING_STORE_FILE_BYTES", "65536", 65536),
    ("OTEL_TRADING_STORE_FILE_SECONDS", "60", 60.0),
    ("OTEL_TRADING_QUEUE_SIZE", "10", 10),
    ("OTEL_TRADING_QUEUE_BYTES", "65536", 65536),
    ("OTEL_TRADING_FLUSH_SECONDS", "0.1", 0.1),
    ("OTEL_TRADING_SHUTDOWN_SECONDS", "0", 0.0),
    ("OTEL_TRADING_SPOOL_MAX_BYTES", "0", 0),
    ("OTEL_TRADING_SPOOL_MAX_SECONDS", "60", 60.0),
    ("OTEL_TRADING_STRATEGY", " grid-btc ", "grid-btc"),
    ("OTEL_TRADING_MAX_SYMBOLS", "0", 0),
    ("OTEL_TRADING_REGISTRY_SIZE", "1", 1),
    ("OTEL_TRADING_REGISTRY_SECONDS", "1e3", 1000.0),
    ("OTEL_TRADING_ARRIVAL_SECONDS", "2.5", 2.5),
    ("OTEL_TRADING_CONSOLE", "JSON", "json"),
    ("OTEL_TRADING_BACKTESTS", "On", "on"),
    ("OTEL_TRADING_PROPAGATE_HOSTS", "a.example, b.example,", ("a.example", "b.example")),
    ("OTEL_TRADING_MASK_KEYS", "desk, trader.name", ("desk", "trader.name")),
    (
        "OTEL_TRADING_MASK_PATTERNS",
        r" ACME-\d{6}  (?i)desk-[a-z]+ ",
        (re.compile(r"ACME-\d{6}"), re.compile("(?i)desk-[a-z]+")),
    ),
    ("OTEL_TRADING_HASH_KEY", " k ", Secret("k")),
    ("OTEL_TRADING_STACK_URL", " https://grafana.example/sub/ ", "https://grafana.example/sub"),
    ("OTEL_TRADING_STACK_TOKEN", "glsa_1", Secret("glsa_1")),
    ("OTEL_TRADING_STACK_USER", "ann", "ann"),
    ("OTEL_TRADING_STACK_PASSWORD", "p", Secret("p")),
    ("OTEL_TRADING_STACK_CA", "/etc/ca.pem", Path("/etc/ca.pem")),
    ("OTEL_TRADING_STACK_SECONDS", "2.5", 2.5),
    ("OTEL_TRADING_TEMPO_URL", "http://[::1]:3200", "http://[::1]:3200"),
    ("OTEL_TRADING_LOKI_URL", "http://127.0.0.1:3100/", "http://127.0.0.1:3100"),
]

WRONG: list[tuple[str, str, str]] = [
    ("OTEL_TRADING_EXPORT", "everywhere", "takes one of auto, store, otlp, both"),
    ("OTEL_TRADING_STORE_MAX_BYTES", "5GB", "takes a number of at least"),
    ("OTEL_TRADING_STORE_MAX_BYTES", "1.5", "takes a number of at least"),
    ("OTEL_TRADING_STORE_MAX_DAYS", "-1", "takes a number of at least 0"),
    ("OTEL_TRADING_STORE_FILE_SECONDS", "nan", "takes a number of at least 1"),
    ("OTEL_TRADING_QUEUE_SIZE", "0", "takes a number of at least 1"),
    ("OTEL_TRADING_FLUSH_SECONDS", "inf", "takes a number of at least 0.01"),
    ("OTEL_TRADING_CONSOLE", "xml", "takes one of text, json"),
    ("OTEL_TRADING_BACKTESTS", "yes", "takes one of off, on"),
    ("OTEL_TRADING_MASK_PATTERNS", "ACME-( ok", "is no regular expression of Python's"),
    ("OTEL_TRADING_MASK_PATTERNS", "ok (a+)+b", "bound its repetitions"),
    ("OTEL_TRADING_MASK_PATTERNS", "x*", "let it ask for at least one character"),
    ("OTEL_TRADING_STACK_URL", "grafana:3000", "takes an address such as http://127.0.0.1:3000"),
    ("OTEL_TRADING_STACK_URL", "https://", "takes an address such as"),
    ("OTEL_TRADING_TEMPO_URL", "http://127.0.0.1:port", "takes an address such as"),
    ("OTEL_TRADING_LOKI_URL", "http://[::1", "takes an address such as"),
    ("OTEL_TRADING_STACK_SECONDS", "0", "takes a number of at least 0.1"),
]


def field(variable: str) -> str:
    return next(name for name, row in TABLE.items() if row.variable == variable)


def test_each_row_of_the_table_is_a_field() -> None:
    assert tuple(TABLE) == Settings._fields


def test_each_setting_is_tried_by_these_tests() -> None:
    assert {variable for variable, _, _ in GOOD} == {row.variable for row in TABLE.values()}


@pytest.mark.parametrize("row", TABLE.values(), ids=TABLE)
def test_each_row_says_what_it_means_in_a_sentence(row: settings.Setting) -> None:
    assert row.variable.startswith("OTEL_TRADING_")
    assert row.meaning.endswith(".")


@pytest.mark.parametrize(("variable", "given", "taken"), GOOD)
def test_a_value_is_taken(variable: str, given: str, taken: object) -> None:
    found, problems = load({variable: given})
    value = getattr(found, field(variable))
    assert (value, type(value)) == (taken, type(taken))
    assert problems == []


@pytest.mark.parametrize(("variable", "given", "remedy"), WRONG)
def test_a_wrong_value_leaves_the_default_and_is_named_with_its_remedy(variable: str, given: str, remedy: str) -> None:
    found, (problem,) = load({variable: given})
    assert found == DEFAULTS
    assert problem.variable == variable
    assert repr(given) in problem.message
    assert remedy in problem.message
    assert str(problem) == f"{variable}: {problem.message}"


def test_one_wrong_value_does_not_spoil_the_others() -> None:
    found, problems = load({"OTEL_TRADING_QUEUE_SIZE": "many", "OTEL_TRADING_MAX_SYMBOLS": "7"})
    assert found.max_symbols == 7
    assert len(problems) == 1


@pytest.mark.parametrize("empty", ["", "  "])
def test_an_empty_variable_is_as_if_not_set(empty: str) -> None:
    assert load({row.variable: empty for row in TABLE.values()}) == (DEFAULTS, [])


def test_a_misspelt_variable_is_reported() -> None:
    found, (problem,) = load({"OTEL_TRADING_STRATEGIE": "grid"})
    assert found == DEFAULTS
    assert problem.variable == "OTEL_TRADING_STRATEGIE"
    assert "is no setting" in problem.message


def test_a_variable_of_somebody_else_is_left_alone() -> None:
    assert load({"OTEL_SERVICE_NAME": "bot", "TRADING_MODE": "paper"})[1] == []


def test_the_store_is_in_the_state_folder_that_xdg_names() -> None:
    assert load({"XDG_STATE_HOME": "/state"})[0].store == Path("/state/otel-trading")


def test_without_xdg_the_store_is_in_the_users_state_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/trader")
    assert load({})[0].store == Path("/home/trader/.local/state/otel-trading")


def test_a_tilde_is_the_users_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/trader")
    assert load({"OTEL_TRADING_STORE": "~/telemetry"})[0].store == Path("/home/trader/telemetry")


def test_the_environment_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_TRADING_STRATEGY", "grid-btc")
    assert settings.current().strategy == "grid-btc"
    monkeypatch.setenv("OTEL_TRADING_STRATEGY", "hedge")
    assert settings.current().strategy == "grid-btc"
    settings.replace_current(None)
    assert settings.current().strategy == "hedge"


def test_a_relative_xdg_folder_is_ignored_as_its_specification_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/trader")
    assert load({"XDG_STATE_HOME": "state"})[0].store == Path("/home/trader/.local/state/otel-trading")


@pytest.mark.parametrize("variable", ["HASH_KEY", "STACK_TOKEN", "STACK_PASSWORD"])
def test_a_secret_is_not_shown_with_the_settings(variable: str) -> None:
    found, _ = load({f"OTEL_TRADING_{variable}": "very-private"})

    assert "very-private" not in repr(found)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("ftp://ann:very-private@grafana.example", "ftp://***@grafana.example"),
        ("ftp://ann:very/private@grafana.example", "ftp://***@grafana.example"),
        ("ftp://ann:very@private\n@grafana.example", "ftp://***@grafana.example"),
        ("ann:very-private@grafana.example", "***@grafana.example"),
    ],
)
def test_a_password_in_an_address_that_is_none_is_not_shown(given: str, shown: str) -> None:
    [problem] = load({"OTEL_TRADING_STACK_URL": given})[1]

    assert str(problem).startswith(f"OTEL_TRADING_STACK_URL: '{shown}' is ignored")
