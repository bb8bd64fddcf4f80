"""Settings, from variables and from a file: never an error, the right types, wrong values named, no secret shown."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

from fuzz.choices import Choices
from otel_trading import config_file
from otel_trading.setting_sources import Section
from otel_trading.settings import TABLE, Settings, load

_ROWS = list(TABLE.items())
_DEFAULTS = load({})[0]
_SECRET = "planted-0123456789"
"""The value of a setting that is a secret."""
_PASSWORD = "written-9876543210"
"""Part of an address, which is in the settings as it was given, and is told to nobody."""
_SECRETS = ("hash_key", "stack_token", "stack_password")
_VALUES = ["", " ", "0", "-1", "1e3", "nan", "inf", "1_000", "٣", "otlp", "BOTH", "json", "~", "~nobody/x", "a,b,,c"]
_VALUES += ["http://[::1", "http://h:99999", "//", "https://h/?q", "(a+)+b", "(?:a{1,9}){1,9}", "[", "\\", "x" * 300]
_VALUES += [
    f"ftp://ann:{_PASSWORD}@h",
    f"http://ann:pa/{_PASSWORD}@h:port",
    f"//{_PASSWORD}@",
    "*",
    "(?P<a>x)(?P=a)",
    "^",
    "a|b",
]
_NODES: list[Any] = [True, 1, -1, 1.5, 1 << 70, None, ["a"], ["a", 1], [[]], {}, {"a": 1}, [None], "${HOME}", "grid"]
_YAML = [
    "file_format: '1.0'\n",
    "distribution:\n",
    "  otel_trading:\n",
    "    strategy: grid\n",
    "    queue_size: many\n",
]
_YAML += [
    "tracer_provider: {processors: []}\n",
    "disabled: true\n",
    "\t",
    "&a [*a]",
    "!!python/object:os.system",
    "- ",
    "{",
]
_SECONDS = 1.0


def setup() -> None:
    """Need nothing."""


def run(data: bytes) -> None:
    """Load settings of one kind. Raises AssertionError where a promise is broken."""
    choices = Choices(data)
    # A whole file takes a tenth of a second, as it is held against OpenTelemetry's schema.
    (_file if choices.below(64) == 1 else _section if choices.below(2) else _variables)(choices)


def _variables(choices: Choices) -> None:
    environ = {}
    for _ in range(choices.below(5) + 1):
        name, row = choices.pick(_ROWS)
        value = f"{_SECRET} {_text(choices)}" if name in _SECRETS else _value(choices)
        environ[row.variable if choices.below(16) else f"OTEL_TRADING_{_text(choices)}"] = value
    found, problems = load(environ)
    _check(found, problems)
    assert {problem.variable for problem in problems} <= set(environ)
    _check_patterns(found, choices)


def _section(choices: Choices) -> None:
    values: dict[Any, Any] = {}
    for _ in range(choices.below(5) + 1):
        name = choices.pick(_ROWS)[0]
        node = choices.pick(_NODES) if choices.below(2) else _value(choices)
        secret: list[Any] = [_SECRET, [_SECRET], {_SECRET: _SECRET}]
        values[name if choices.below(16) else _text(choices)] = choices.pick(secret) if name in _SECRETS else node
    found, problems = load({}, Section("otel.yaml", values))
    _check(found, problems)
    assert all(problem.variable.startswith("otel.yaml: distribution.otel_trading.") for problem in problems), problems
    _check_patterns(found, choices)


def _file(choices: Choices) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "otel." + choices.pick(["yaml", "json", "yml", "txt"]))
        parts = [choices.pick(_YAML) if choices.below(3) else _text(choices) for _ in range(choices.below(10))]
        path.write_bytes("".join(parts).encode("utf-8", "surrogatepass"))
        file = config_file.read({"OTEL_CONFIG_FILE": str(path)})
        assert file is not None
        assert file.model is not None or file.problems
        _check(*load({}, file.section))


def _check(found: Settings, problems: list[Any]) -> None:
    for name, value in found._asdict().items():
        default = getattr(_DEFAULTS, name)
        if name in _SECRETS:
            assert isinstance(value, str), name
        elif default is not None:
            assert isinstance(value, type(default)), (name, value)
    told = "".join(map(str, problems))
    assert _SECRET not in repr(found), found
    assert _SECRET not in told, told
    assert _PASSWORD not in told, told


def _check_patterns(found: Settings, choices: Choices) -> None:
    """No pattern that was taken may run away on a text of the size that it is shown at once."""
    text = (choices.text_or("a", 8) * 1024)[:1024]
    begun = time.perf_counter()
    for pattern in found.mask_patterns:
        pattern.sub("***", text)
    assert time.perf_counter() - begun < _SECONDS, found.mask_patterns


def _value(choices: Choices) -> str:
    return choices.pick(_VALUES) if choices.below(2) else _text(choices)


def _text(choices: Choices) -> str:
    return choices.text_or("?", 24)
