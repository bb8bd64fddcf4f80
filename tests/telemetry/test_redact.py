"""Secrets vanish from whatever is recorded; what only looks like one stays."""

from __future__ import annotations

import json
from typing import Any

import pytest

from otel_trading.telemetry import redact
from otel_trading.telemetry.records import LogRecord, SpanEvent, SpanLink, SpanRecord

SECRET = "aVeryPrivate0123456789abcdef0123456789abcdef"
HEX = "0123456789abcdef" * 4


def everything(record: SpanRecord | LogRecord) -> str:
    return repr(record)


@pytest.mark.parametrize(
    "text",
    [
        f"GET https://api.binance.com/api/v3/account?timestamp=1&signature={SECRET}",
        f"Max retries exceeded with url: /api/v3/account?recvWindow=5000&signature={SECRET} (Caused by X)",
        f"wss://stream.example/ws?listenKey={SECRET}",
        f"{{'X-MBX-APIKEY': '{SECRET}', 'Accept': '*/*'}}",
        f"{{'OK-ACCESS-KEY': '{SECRET}', 'OK-ACCESS-PASSPHRASE': '{SECRET}'}}",
        f"{{b'X-MBX-APIKEY': b'{SECRET}'}}",
        f"[('X-BAPI-API-KEY', '{SECRET}'), ('X-BAPI-SIGN', '{HEX}{SECRET}')]",
        f"<CIMultiDictProxy('KC-API-PASSPHRASE': '{SECRET}')>",
        f'{{"apiKey": "{SECRET}", "secret": "{SECRET}", "nonce": 4}}',
        f'{{"password":"{SECRET} with spaces {SECRET}"}}',
        f"{{'password': 'it\\'s {SECRET}'}}",
        f"symbol=BTCUSDT&side=BUY&timestamp=1&signature={SECRET}",
        f"Authorization: Bearer {SECRET}",
        f"authorization=Basic {SECRET}",
        f"BINANCE_API_SECRET={SECRET}",
        f"binanceApiKey = {SECRET}",
        f"postgresql://bot:{SECRET}@db.example/trades",
        f"https://{SECRET}@hooks.example/x",
        f"https://hooks.slack.com/services/T0/B0/{SECRET}",
        f"https://discord.com/api/webhooks/1/{SECRET}",
        f"wss://stream.binance.com:9443/ws/{SECRET}{SECRET}",
        f"-----BEGIN EC PRIVATE KEY-----\n{SECRET}\n-----END EC PRIVATE KEY-----",
        f"send: b'POST / HTTP/1.1\\r\\nX-MBX-APIKEY: {SECRET}\\r\\n'",
        f"passphrase => '{SECRET}'",
        f"mnemonic: '{SECRET} zoo wrong'",
    ],
)
def test_a_secret_in_text_vanishes(text: str) -> None:
    assert "aVeryPrivate" not in redact.text(text)
    assert redact.MASK in redact.text(text)


def test_what_is_masked_behind_a_question_mark_is_masked_for_good() -> None:
    once = redact.text("uid?+1 (555) 123-4567===")

    assert once == redact.text(once) == "uid?***"


def test_a_pair_is_judged_by_its_name_as_it_leaves() -> None:
    once = redact.value(["password=x.id", "3530111333300000"])

    assert once == redact.value(once) == ["password=***", "***"]


def test_a_json_text_within_json_is_masked_too() -> None:
    text = json.dumps({"body": json.dumps({"apiKey": SECRET, "price": 1})})

    masked = redact.text(text)

    assert SECRET not in masked
    assert json.loads(json.loads(masked)["body"]) == {"apiKey": redact.MASK, "price": 1}


def test_a_json_body_stays_json() -> None:
    masked = redact.text(json.dumps({"apiKey": SECRET, "symbol": "BTC/USDT", "price": 60000.5}))

    assert json.loads(masked) == {"apiKey": redact.MASK, "symbol": "BTC/USDT", "price": 60000.5}


def test_a_web_token_vanishes_wherever_it_stands() -> None:
    token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTYifQ.c2lnbmF0dXJl-_"

    assert redact.text(f"connected with {token} to the feed") == "connected with *** to the feed"


def test_a_telegram_token_vanishes_from_the_path_of_a_url() -> None:
    text = "POST https://api.telegram.org/bot1234567890:AAFghijklmnopqrstuvwxyz-0123456789_A/sendMessage 200"

    assert redact.text(text) == "POST https://api.telegram.org/bot***/sendMessage 200"


@pytest.mark.parametrize(
    "text",
    [
        "order cl-7f3a-0001 buy 0.500 BTC/USDT at 60,000.00",
        "grid-1b13-001: buy signal, quoting at 59998.5",
        "order 28173645 is closed, 0.5 filled",
        "https://api.binance.com/api/v3/time",
        "GET /api/v3/ticker/price 200",
        "what? no=yes",
        "are we long? maybe",
        "price?",
        "is a > b ? c = 1 : d = 2",
        "sign=-1 skew=0.2",
        "signature check passed",
        "design=modern",
        "token: USDT, tokens=5",
        "key=BTC/USDT:1h",
        "passed=3 of 4, bypass: on",
        "12:03:14.502118 bid 60001.50 ask 60002.00",
        "https://etherscan.example/tx/0x" + HEX,
        "{'side': 'buy', 'secretary': 'Ann', 'monkey': 3}",
        "uuid 550e8400-e29b-41d4-a716-446655440000",
        "required: apiKey, secret, password",
        "1234567890:60000.5",
        "",
    ],
)
def test_what_only_looks_like_a_secret_stays(text: str) -> None:
    assert redact.text(text) == text


def test_masking_twice_changes_nothing_more() -> None:
    once = redact.text(f"{{'X-MBX-APIKEY': '{SECRET}'}} https://x/y?signature={SECRET} password={SECRET}")

    assert redact.text(once) == once


@pytest.mark.parametrize(
    "key",
    [
        "apiKey",
        "api_key",
        "http.request.header.x_mbx_apikey",
        "X-MBX-APIKEY",
        "OK-ACCESS-PASSPHRASE",
        "binanceApiSecret",
        "secret",
        "config.secret",
        "password",
        "privateKey",
        "listenKey",
        "Authorization",
        "Set-Cookie",
        "client_secret",
        "accessToken",
        "signature",
        "X-BAPI-SIGN",
    ],
)
def test_the_value_under_a_secret_s_name_vanishes(key: str) -> None:
    assert redact.attributes({key: SECRET}) == {key: redact.MASK}


@pytest.mark.parametrize(
    "found",
    [
        {"symbol": "BTC/USDT", "trading.order.id": "28173645", "price": 60000.5, "n": 3, "on": True},
        {"sign": -1, "signal": "momentum", "key": "BTC/USDT", "token": "USDC", "keys": ["a", "b"]},
        {"apiKey": None, "has_password": True, "secret": "", "requires.api_key": False},
        {"url.path": "/api/v3/order", "sign": "+"},
    ],
)
def test_other_attributes_stay_as_they_are(found: dict[str, Any]) -> None:
    assert redact.attributes(found) == found


def test_secrets_deep_within_an_attribute_vanish() -> None:
    found = {"request": {"headers": [{"X-MBX-APIKEY": SECRET}], "urls": [f"https://x/y?signature={SECRET}"]}}

    assert redact.attributes(found) == {
        "request": {"headers": [{"X-MBX-APIKEY": "***"}], "urls": ["https://x/y?***"]},
    }


def test_a_header_kept_as_a_pair_is_masked() -> None:
    assert redact.value([["X-MBX-APIKEY", SECRET], ["Accept", "json"]]) == [["X-MBX-APIKEY", "***"], ["Accept", "json"]]


def test_bytes_are_masked_like_text() -> None:
    assert redact.value(b"signature=" + SECRET.encode() + b" \xff") == b"signature=*** \xff"


def test_an_object_of_the_bot_s_becomes_masked_text() -> None:
    class Config:
        def __str__(self) -> str:
            return f"Config(api_key={SECRET})"

    assert redact.value({"config": Config()}) == {"config": "Config(api_key=***)"}


def test_an_object_that_can_not_be_shown_costs_no_record() -> None:
    class Broken:
        def __str__(self) -> str:
            raise ZeroDivisionError

    assert redact.value([Broken()]) == ["<Broken>"]


def test_keys_that_are_no_text_cost_no_record() -> None:
    assert redact.value({1: "a", ("x", 2): "b"}) == {"1": "a", "('x', 2)": "b"}


def test_a_structure_that_contains_itself_comes_to_an_end() -> None:
    loop: dict[str, Any] = {"password": SECRET}
    loop["self"] = loop

    assert SECRET not in repr(redact.value(loop))


def test_everything_of_a_span_that_holds_text_is_masked() -> None:
    leak = f"https://x/y?signature={SECRET}"
    record = SpanRecord(
        trace_id="a" * 32,
        span_id="b" * 16,
        parent_span_id="",
        name=f"GET {leak}",
        kind=3,
        start_ns=1,
        end_ns=2,
        attributes={"url.full": leak},
        events=(SpanEvent(leak, 1, {"exception.message": leak}),),
        links=(SpanLink("c" * 32, "d" * 16, {"apiKey": SECRET}),),
        status_code=2,
        status_message=leak,
        flags=257,
        scope="bot",
    )

    masked = redact.record(record)

    assert SECRET not in everything(masked)
    assert masked.attributes == {"url.full": "https://x/y?***"}
    assert masked._replace(name="", attributes={}, events=(), links=(), status_message="") == record._replace(
        name="", attributes={}, events=(), links=(), status_message=""
    )


def test_everything_of_a_log_that_holds_text_is_masked() -> None:
    leak = f"https://x/y?signature={SECRET}"
    record = LogRecord(1, 1, 9, "INFO", {"url": leak}, "", {"exception.message": leak}, "", "", 0, "bot")

    assert SECRET not in everything(redact.record(record))
