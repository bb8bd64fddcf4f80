"""Whatever the text: masking never raises, changes nothing a second time, and leaves no secret planted in it."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otel_trading.settings import load, replace_current
from otel_trading.telemetry import redact
from tests.telemetry.secrets_of_people import LOOK_ALIKES, SECRETS

SOUP = st.lists(
    st.one_of(
        st.sampled_from(
            ["=", ":", "@", "+", "-", " ", ".", ",", "'", '"', "\\", "(", "[", "{", "?", "/", "%40", "h:", "***", "\n"]
        ),
        st.sampled_from(
            ["uid", "account_id", "seed", "phrase", "mnemonic", "api_key", "pk", "sign", "DE89", "0x", "eyJ"]
        ),
        st.sampled_from([text for text, _ in SECRETS.values()]),
        st.sampled_from(LOOK_ALIKES),
        st.from_regex(r"\A(?:\d{1,19}|[a-z]{1,9}|[A-Z0-9]{1,9})\Z"),
        st.text(max_size=8),
    ),
    max_size=12,
).map("".join)
"""Texts made of what the patterns look for."""

WORDS = st.lists(st.from_regex(r"\A(?:[A-Za-z]{1,9}|\d{1,6}(?:\.\d{1,8})?|[,;!|<>()])\Z"), max_size=8).map(" ".join)
SECONDS = 2.0


@pytest.fixture(autouse=True)
def own_key() -> None:
    replace_current(load({"OTEL_TRADING_HASH_KEY": "of these tests"})[0])


@given(SOUP)
def test_masking_twice_is_masking_once(text: str) -> None:
    once = redact.text(text)

    assert redact.text(once) == once


@given(st.text() | SOUP, st.text(max_size=20))
def test_no_text_and_no_key_makes_it_raise(text: str, key: str) -> None:
    assert isinstance(redact.text(text), str)
    assert list(redact.attributes({key: text})) == [key]


@given(WORDS, st.sampled_from(sorted(SECRETS)), WORDS)
def test_a_secret_planted_anywhere_does_not_survive(before: str, kind: str, after: str) -> None:
    secret, hidden = SECRETS[kind]

    masked = redact.text(f"{before} {secret} {after}")

    assert hidden not in masked


@given(st.lists(st.sampled_from(sorted(SECRETS)), min_size=2, max_size=5), st.sampled_from([" ", ", ", "\n", " | "]))
def test_none_of_several_secrets_side_by_side_survives(kinds: list[str], between: str) -> None:
    masked = redact.text(between.join(SECRETS[kind][0] for kind in kinds))

    assert [kind for kind in kinds if SECRETS[kind][1] in masked] == []


@given(st.lists(st.sampled_from(LOOK_ALIKES), max_size=6))
def test_what_looks_alike_stays_in_any_company(texts: list[str]) -> None:
    text = " | ".join(texts)

    assert redact.text(text) == text


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9) | SOUP,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["uid", "account", "seed", "pk", "apiKey", "a", "orderId"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_any_structure_is_masked_once_and_for_all(found: Any) -> None:
    once = redact.value(found)

    assert redact.value(once) == once
    json.dumps(once)


@pytest.mark.parametrize(
    "part",
    [
        "4111 ",
        "4111-",
        "4",
        "+1",
        "+1 ",
        "DE89",
        "DE89 ",
        "a@",
        "a@b.",
        "a.b.",
        "%40",
        "uid",
        "uid=",
        "account_",
        "user id:",
        "seed ",
        "seed phrase ",
        "seed phrase: a abandon ",
        "abandon ",
        "mnemonic='abandon",
        "private key",
        "pk 0x",
        "0x" + "a" * 63,
        "h:0123456789abcdef",
        "process.",
    ],
)
@pytest.mark.parametrize("start", ["", "seed phrase: ", "uid=", "@"])
def test_no_text_takes_more_than_a_moment(part: str, start: str) -> None:
    text = start + part * (100_000 // len(part))

    begun = time.perf_counter()
    redact.text(text)

    assert time.perf_counter() - begun < SECONDS
