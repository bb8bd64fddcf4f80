"""Settings in a configuration file are equal to the variables: each, and what is said of a wrong one."""

from __future__ import annotations

import re
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from otel_trading import config_file, settings
from otel_trading.setting_kinds import Items, Number
from otel_trading.settings import TABLE, Problem, Settings, load, load_all
from tests.test_settings import GOOD, WRONG, field

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Write = Callable[..., dict[str, str]]

SUBSTITUTED = """
file_format: "1.0"
distribution:
  otel_trading:
    strategy: "${DESK}"
    queue_size: ${SIZE:-7}
    console: ${UNSET}
    mask_keys: ["${DESK}-a", $$x]
"""
DEFAULTS = load({})[0]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a configuration file, and return an environment that names it."""

    def write(node: Any = None, *, text: str = "", name: str = "otel.yaml") -> dict[str, str]:
        file = tmp_path / name
        whole = {"file_format": "1.0", "distribution": {"otel_trading": node}}
        file.write_text(text or yaml.safe_dump(whole, sort_keys=False), encoding="utf-8")
        return {"OTEL_CONFIG_FILE": str(file)}

    return write


def native(variable: str, given: str) -> Any:
    """Return what one would write in YAML for the value of a variable: a number, a list or a text."""
    parse = TABLE[field(variable)].parse
    if isinstance(parse, Number):
        return yaml.safe_load(given)
    if isinstance(parse, Items):
        return [each.strip() for each in (given.split(",") if "," in given else given.split())]
    return given


@pytest.mark.parametrize("name", TABLE)
def test_a_key_of_the_file_is_the_name_of_its_variable_in_small_letters(name: str) -> None:
    assert TABLE[name].variable == f"OTEL_TRADING_{name.upper()}"


@pytest.mark.parametrize("given", [dict(reversed([row[:2] for row in GOOD])), dict(row[:2] for row in GOOD)])
@pytest.mark.parametrize("form", [lambda _, given: given, native], ids=["text", "native"])
def test_every_setting_in_the_file_gives_the_same_settings_as_its_variable(
    write: Write, given: dict[str, str], form: Callable[[str, str], Any]
) -> None:
    assert set(given) == {row.variable for row in TABLE.values()}

    found, problems = load_all(write({field(variable): form(variable, value) for variable, value in given.items()}))

    for name, row in TABLE.items():
        alone = getattr(load({row.variable: given[row.variable]})[0], name)
        assert (name, getattr(found, name), type(getattr(found, name))) == (name, alone, type(alone))
    assert problems == []


@pytest.mark.parametrize(("variable", "given", "remedy"), WRONG)
def test_a_wrong_value_is_named_with_file_key_and_the_variables_remedy(
    write: Write, variable: str, given: str, remedy: str
) -> None:
    environ = write({field(variable): given})

    found, (problem,) = load_all(environ)

    assert found == DEFAULTS
    assert problem.variable == f"{environ['OTEL_CONFIG_FILE']}: distribution.otel_trading.{field(variable)}"
    assert repr(given) in problem.message
    assert remedy in problem.message


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("strategy", 42, "is a number, and takes a text: put it in quotes"),
        ("strategy", True, "is a yes or no, and takes a text: put it in quotes"),
        ("hash_key", 1.5, "is a number, and takes a text: put it in quotes"),
        ("store", ["/a"], "is a list, and takes a text"),
        ("queue_size", [5], "is a list, and takes a number"),
        ("queue_size", True, "is a yes or no, and takes a number"),
        ("queue_size", {"records": 5}, "is a mapping, and takes a number"),
        ("queue_size", 1.5, "takes a number of at least 1"),
        ("flush_seconds", float("inf"), "takes a number of at least 0.01"),
        ("mask_keys", 7, "is a number, and takes a list of texts"),
        ("mask_keys", ["desk", 7], "is a list with something else in it, and takes a list of texts"),
        ("mask_patterns", ["ok", "(a+)+b"], "bound its repetitions"),
    ],
)
def test_a_value_of_a_wrong_type_is_named_and_costs_no_other(write: Write, key: str, value: Any, words: str) -> None:
    found, (problem,) = load_all(write({key: value, "max_symbols": 7}))

    assert found == DEFAULTS._replace(max_symbols=7)
    assert problem.variable.endswith(f": distribution.otel_trading.{key}")
    assert words in problem.message


def test_a_pattern_of_a_list_may_hold_white_space(write: Write) -> None:
    found, problems = load_all(write({"mask_patterns": ["desk [0-9]{4}", "ACME"]}))

    assert found.mask_patterns == (re.compile("desk [0-9]{4}"), re.compile("ACME"))
    assert problems == []


def test_a_key_that_is_no_setting_is_named_with_the_one_that_is_meant(write: Write) -> None:
    found, problems = load_all(write({"queue_siz": 5, "OTEL_TRADING_STRATEGY": "grid", "zzz": 1}))

    assert found == DEFAULTS
    assert [problem.message for problem in problems] == [
        "is no setting and is ignored; is queue_size meant?",
        "is no setting and is ignored; is strategy meant?",
        "is no setting and is ignored; docs/settings.md lists them",
    ]


@pytest.mark.parametrize("node", ["otel-trading", "OTEL_TRADING", "oteltrading"])
def test_a_node_that_is_misspelt_is_named(write: Write, node: str) -> None:
    found, (problem,) = load_all(write(text=f'file_format: "1.0"\ndistribution: {{{node}: {{strategy: grid}}}}'))

    assert found == DEFAULTS
    assert problem.variable.endswith(f": distribution.{node}")
    assert problem.message == "is nobody's and is ignored; is otel_trading meant?"


def test_the_node_of_another_distribution_is_its_own(write: Write) -> None:
    text = 'file_format: "1.0"\ndistribution: {acme: {strategy: 1}, otel_trading: {strategy: grid}}'
    assert load_all(write(text=text)) == load({"OTEL_TRADING_STRATEGY": "grid"})


def test_a_file_without_our_node_says_nothing(write: Write) -> None:
    assert load_all(write(text='file_format: "1.0"')) == load({})


@pytest.mark.parametrize("suffix", ["yaml", "yml", "json"])
def test_a_file_may_be_yaml_or_json(write: Write, suffix: str) -> None:
    text = '{"file_format": "1.0", "distribution": {"otel_trading": {"queue_size": 5}}}'
    assert load_all(write(text=text, name=f"otel.{suffix}")) == load({"OTEL_TRADING_QUEUE_SIZE": "5"})


def test_variables_are_put_in_where_the_file_names_them(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESK", "042")
    found, problems = load_all(write(text=SUBSTITUTED))

    assert found == DEFAULTS._replace(strategy="042", queue_size=7, mask_keys=("042-a", "$x"))
    assert problems == []


def test_the_file_comes_before_a_variable_which_is_told(write: Write) -> None:
    environ = write({"strategy": "grid", "queue_size": 5})

    found, (problem,) = load_all({**environ, "OTEL_TRADING_STRATEGY": "hedge", "OTEL_TRADING_QUEUE_SIZE": "5"})

    assert (found.strategy, found.queue_size) == ("grid", 5)
    place = f"{environ['OTEL_CONFIG_FILE']}: distribution.otel_trading.strategy"
    assert problem == Problem("OTEL_TRADING_STRATEGY", f"is ignored: {place} says otherwise, and comes first")


def test_a_variable_holds_where_the_file_says_nothing_or_something_wrong(write: Write) -> None:
    environ = {**write({"queue_size": "many"}), "OTEL_TRADING_QUEUE_SIZE": "5", "OTEL_TRADING_STRATEGY": "grid"}

    found, (problem,) = load_all(environ)

    assert found == DEFAULTS._replace(queue_size=5, strategy="grid")
    assert "'many' is ignored, as if it were not there" in problem.message


def test_a_wrong_variable_is_nobodys_concern_where_the_file_comes_first(write: Write) -> None:
    assert load_all({**write({"queue_size": 5}), "OTEL_TRADING_QUEUE_SIZE": "many"}) == load(
        {"OTEL_TRADING_QUEUE_SIZE": "5"}
    )


def test_no_secret_is_told(write: Write) -> None:
    found, problems = load_all(
        write({"stack_token": "glsa_private", "stack_password": 918273645, "hash_key": ["918273645"]})
    )

    told = repr(found) + "".join(map(str, problems))
    assert len(problems) == 2
    assert "glsa_private" not in told
    assert "918273645" not in told


@pytest.mark.parametrize(
    ("text", "name", "why"),
    [
        ("file_format: [", "otel.yaml", "Failed to parse YAML"),
        ("{", "otel.json", "Failed to parse JSON"),
        ("strategy: grid", "otel.yaml", "'file_format' is a required property"),
        ('file_format: "7.0"', "otel.yaml", "Unsupported file_format '7.0'"),
        ('file_format: "1.0"\ndistribution: {otel_trading: 5}', "otel.yaml", "(at distribution -> otel_trading)"),
        ('file_format: "1.0"', "otel.ini", "Unsupported file format: .ini. Use .yaml, .yml, or .json"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_and_the_variables_hold(
    write: Write, caplog: pytest.LogCaptureFixture, text: str, name: str, why: str
) -> None:
    environ = write(text=text, name=name)

    found, (problem,) = load_all({**environ, "OTEL_TRADING_STRATEGY": "grid"})

    assert found == DEFAULTS._replace(strategy="grid")
    assert problem.variable == f"OTEL_CONFIG_FILE={environ['OTEL_CONFIG_FILE']}"
    assert problem.message.startswith(
        "cannot be used, and telemetry goes to the local store alone until that is mended"
    )
    assert why in problem.message
    assert caplog.records == []


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    _, (problem,) = load_all({"OTEL_CONFIG_FILE": str(tmp_path / "missing.yaml")})
    assert problem.message.endswith("mended: there is no such file")


def test_without_the_package_that_reads_the_file_its_name_is_told(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.configuration", None)

    _, (problem,) = load_all(write({"strategy": "grid"}))

    assert problem.message.endswith("which is not installed: pip install 'otel-trading[file]'")


def test_without_a_file_nothing_is_loaded_that_reads_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.configuration", None)

    assert config_file.read({"OTEL_CONFIG_FILE": "  "}) is None
    assert load_all({}) == load({})


def test_settings_are_read_from_the_file_by_every_program_of_ours(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_CONFIG_FILE", write({"strategy": "grid"})["OTEL_CONFIG_FILE"])

    settings.replace_current(None)

    assert isinstance(settings.current(), Settings)
    assert settings.current().strategy == "grid"


def test_a_thread_does_not_read_the_file_which_the_main_thread_may_be_doing(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_CONFIG_FILE", write({"strategy": "grid"})["OTEL_CONFIG_FILE"])
    settings.replace_current(None)

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(settings.current).result().strategy == ""

    assert settings.current().strategy == "grid"
