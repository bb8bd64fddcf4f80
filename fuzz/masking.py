"""Masking: it never raises, changes nothing a second time, and leaves no secret that was planted."""

from __future__ import annotations

import json
from typing import Any

from fuzz.choices import Choices
from otel_trading.settings import load, replace_current
from otel_trading.telemetry import redact
from tests.telemetry.secrets_of_people import LOOK_ALIKES, SECRETS

_GLUE = ["=", ":", "@", "+", "-", " ", ".", ",", "'", '"', "\\", "(", "[", "{", "}", "?", "&", "/", "%40", "***", "\n"]
_NAMES = [
    "uid",
    "account_id",
    "seed",
    "phrase",
    "api_key",
    "apiKey",
    "pk",
    "sign",
    "DE89",
    "0x",
    "eyJ",
    "h:",
    "orderId",
]
_PLANTED = sorted(SECRETS)
_ALNUM = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_DEEPEST = 3


def setup() -> None:
    """Put settings in force of which no machine's environment is a part."""
    replace_current(load({"OTEL_TRADING_HASH_KEY": "of the fuzzing"})[0])


def run(data: bytes) -> None:
    """Mask one text, one structure and one planted secret. Raises AssertionError where a promise is broken."""
    choices = Choices(data)
    {0: _text, 1: _structure, 2: _planted}[choices.below(3)](choices)


def _text(choices: Choices) -> None:
    once = redact.text(_soup(choices))
    assert redact.text(once) == once, once


def _structure(choices: Choices) -> None:
    once = redact.value(_value(choices, 0))
    assert redact.value(once) == once, once
    json.dumps(once)


def _planted(choices: Choices) -> None:
    secret, hidden = SECRETS[choices.pick(_PLANTED)]
    before, after, key = _words(choices), _words(choices), _words(choices)
    if hidden in f"{before} {after} {key}":
        return
    text = f"{before} {secret} {after}"
    assert hidden not in redact.text(text), text
    assert hidden not in json.dumps(redact.attributes({key: [text, {"said": text}]})), text


def _soup(choices: Choices) -> str:
    parts = []
    for _ in range(choices.below(12)):
        kind = choices.below(6)
        if kind == 0:
            parts.append(choices.pick(_GLUE))
        elif kind == 1:
            parts.append(choices.pick(_NAMES))
        elif kind == 2:  # noqa: PLR2004 - one of six
            parts.append(SECRETS[choices.pick(_PLANTED)][0])
        elif kind == 3:  # noqa: PLR2004 - the same
            parts.append(choices.pick(LOOK_ALIKES))
        else:
            parts.append(choices.text_or("?", 12))
    return "".join(parts)


def _value(choices: Choices, depth: int) -> Any:
    kind = choices.below(7 if depth < _DEEPEST else 5)
    if kind == 5:  # noqa: PLR2004 - the containers come last
        return [_value(choices, depth + 1) for _ in range(choices.below(4))]
    if kind == 6:  # noqa: PLR2004 - the same
        return {choices.pick(_NAMES): _value(choices, depth + 1) for _ in range(choices.below(4))}
    plain: list[Any] = [None, True, choices.below(1 << 16), choices.below(1 << 16) / 7]
    return plain[kind] if kind < len(plain) else _soup(choices)


def _words(choices: Choices) -> str:
    """Choose words as stand around a secret in a sentence: none of them could change what it is."""
    return " ".join("".join(choices.pick(_ALNUM) for _ in range(choices.below(9) + 1)) for _ in range(choices.below(6)))
