"""Secrets that open nothing, and look-alikes that must stay readable; each is planted wherever OTLP holds a text.

Numbers of cards and accounts are those that their issuers publish for tests.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from opentelemetry.proto.common.v1.common_pb2 import InstrumentationScope
from opentelemetry.proto.metrics.v1.metrics_pb2 import Exemplar
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from tests.stack.harness.messages import counter, log, pairs, point, request, span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.stack.harness.numbered import ExportRequest, Signal

SERVICE = "planted"

_PHRASE = "abandon ability able about above absent absorb abstract absurd abuse access accident"
_PEM = """-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIPlantedPemLineOne0123456789abcdefghijklmnopqrstuvwxyzABC
oAoGCCqGSM49PlantedPemLineTwo0123456789abcdefghijklmnopqrstuvwxyz
-----END EC PRIVATE KEY-----"""
_JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJQbGFudGVkSnd0In0.c2lnbmF0dXJlUGxhbnRlZA"
_TELEGRAM = "1234567890:AAPlantedTelegramToken-0123456789_A"

# A text as a bot would have it, and the part of it that must be nowhere afterwards.
BY_FORM = {
    "an API key in a header": ("X-MBX-APIKEY: PlantedHeaderKey0123456789abcdef", "PlantedHeaderKey"),
    "an API key in printed headers": ("{'OK-ACCESS-KEY': 'PlantedDictKey0123456789'}", "PlantedDictKey"),
    "a passphrase in printed headers": ("{'OK-ACCESS-PASSPHRASE': 'Planted Pass Words'}", "Planted Pass Words"),
    "a secret of a setting": ("BINANCE_API_SECRET=PlantedSettingSecret0123456789", "PlantedSettingSecret"),
    "a secret in JSON": ('{"apiKey":"PlantedJsonKey0123456789","price":1}', "PlantedJsonKey"),
    "a secret in JSON within JSON": (r'{"body":"{\"secret\":\"PlantedInnerJson0123456789\"}"}', "PlantedInnerJson"),
    "a signature in a URL": (
        "GET https://api.example.com/api/v3/order?symbol=BTCUSDT&signature=PlantedUrlSignature0123456789abcdef",
        "PlantedUrlSignature",
    ),
    "a signature in a form": ("symbol=BTCUSDT&signature=PlantedFormSignature0123456789abcdef", "PlantedFormSignature"),
    "a listen key": ("wss://stream.example.com/ws?listenKey=PlantedListenKey0123456789abcdef", "PlantedListenKey"),
    "a password in a URL": ("postgresql://bot:PlantedUrlPassword0123@db.example.com/trades", "PlantedUrlPassword"),
    "a password": ("password=PlantedPassword0123", "PlantedPassword"),
    "a bearer token": ("Authorization: Bearer PlantedBearerToken0123456789", "PlantedBearerToken"),
    "basic credentials": ("Authorization: Basic UGxhbnRlZEJhc2ljQ3JlZGVudGlhbHM=", "UGxhbnRlZEJhc2lj"),
    "a JSON web token": (f"connected with {_JWT} to the feed", "eyJzdWIiOiJQbGFudGVkSnd0In0"),
    "a Telegram token": (f"https://api.telegram.org/bot{_TELEGRAM}/sendMessage", "PlantedTelegramToken"),
    "a Telegram token alone": ("chat by 987654321:AAPlantedLonelyTelegram-0123456789_B", "PlantedLonelyTelegram"),
    "a webhook": ("https://hooks.slack.com/services/T0/B0/PlantedWebhook0123456789", "PlantedWebhook"),
    "a private key": (_PEM, "PlantedPemLineTwo"),
    "a wallet's key": ("private key 0x" + "5f2cab19" * 8, "5f2cab19" * 8),
    "a seed phrase": (f"seed phrase: {_PHRASE}", "absorb abstract absurd abuse"),
    "a card": ("paid with 4111111111111111 today", "4111111111111111"),
    "a card in groups": ("card 5555 5555 5555 4444.", "5555 5555 5555 4444"),
    "a card with hyphens": ("card 5105-1051-0510-5100.", "5105-1051-0510-5100"),
    "an IBAN": ("to DE89370400440532013000", "DE89370400440532013000"),
    "an IBAN in groups": ("to GB29 NWBK 6016 1331 9268 19", "NWBK 6016 1331"),
    "an account number": ("account_id=U76543210", "U76543210"),
    "a user id in JSON": ('{"uid": 354937868}', "354937868"),
    "an e-mail address": ("mail ann.planted+desk@example.co.uk", "ann.planted"),
    "a telephone number": ("call +4930123456789", "4930123456789"),
}

# What has no form of its own is known by the name that it stands under.
BY_NAME = {
    "api_key": "PlantedNamedApiKey",
    "apiKey": "PlantedCamelApiKey",
    "http.request.header.x-mbx-apikey": "PlantedNamedHeader",
    "binance.secret": "PlantedNamedSecret",
    "exchange.password": "PlantedNamedPassword",
    "OK-ACCESS-PASSPHRASE": "Planted named phrase",
    "bot_token": "PlantedNamedToken",
    "listenKey": "PlantedNamedListenKey",
    "request.signature": "PlantedNamedSignature",
    "privateKey": "PlantedNamedPrivateKey",
    "wallet.mnemonic": "planted named mnemonic",
    "authorization": "PlantedNamedAuthorization",
    "account_id": "PlantedNamedAccount1",
}

# Where no processor of the Collector 0.158 looks: its redaction reads the bytes of an attribute as their Base64, OTTL
# cannot pick them out, and neither reaches the attributes of a span's link.
BEYOND_REACH = {"bytes": "PlantedBytesSecret", "link": "PlantedLinkSecret"}

LOOK_ALIKES = [
    "order 28173645 is closed, 0.5 filled at 60,000.00",
    "grid-1b13-001: buy signal, quoting at 59998.5",
    "okx 590908157585625111, bitget 1098394656402284545, gate 335551234567",
    "at 1763885380123 ms, 1763885380123456 us, 1763885380123456789 ns",
    "550e8400-e29b-41d4-a716-446655440000",
    "trace 0af7651916cd43dd8448eb211c80319c span b7ad6b7169203331",
    "tx 0x" + "6a3dbc20" * 8,
    "0xdAC17F958D2ee523a2206206994597C13D831ec7",
    "kraken OQCLML-BW3P3-BUCMWZ, kucoin 5bd6e9286d99522a52e458de",
    "x-TKT5PX2F8b3c1a7d5e9f0b2c4d6e",
    "2026-11-23T08:00:00+00:00, 2026-11-23T08:00:00.123456+05:30",
    "pnl +1250000000, +12.5%, delta=+0.00000001",
    "btcusdt@aggTrade btcusdt@depth20@100ms !ticker@arr",
    "bought 0.5 BTC@60000.5 and 3@1.25USDT",
    "BTC/USDT:USDT ETH-PERP 1000SHIB/USDT XBTUSDTM BTC-27NOV26-60000-C",
    "token: USDT, tokens=5, key=BTC/USDT:1h, seed=1234, sign=-1",
    "seed the book with a grid of orders around the mid price and then wait",
    "https://api.example.com/api/v3/account 200",
    "4111111111111112 has no check digit",
]


def requests_with(text: str) -> Iterator[tuple[Signal, ExportRequest]]:
    """Yield requests in which the text stands wherever OTLP holds one that a user's program sets."""
    values = _values(text)
    resource = {"planted.resource": text}
    failed = {"exception.type": "ExchangeError", "exception.message": text, "exception.stacktrace": f"in step\n{text}"}
    spans = [
        span(text),
        span("of a status", status=Status(code=Status.STATUS_CODE_ERROR, message=text)),
        span("of an event", events=[Span.Event(name="exception", attributes=pairs(failed))]),
        span("of an event's name", events=[Span.Event(name=text)]),
        span("of attributes", values),
        span("of a key", {text: 1}),
    ]
    logs = [
        *(log(value) for value in (*values.values(), text.encode())),
        log("of attributes", values),
        log("of an exception", failed),
        log("of a key", {text: 1}),
        log("of an event's name", event_name=text),
    ]
    metrics = [
        counter(point(attributes=values), name="planted.attributes"),
        counter(point(attributes={text: "1"}), name="planted.key"),
        counter(point(exemplars=[_exemplar(values)]), name="planted.exemplar"),
    ]
    yield "traces", request(SERVICE, *spans, resource=resource)
    yield "logs", request(SERVICE, *logs, resource=resource)
    yield "metrics", request(SERVICE, *metrics, resource=resource)
    yield from _scoped(text)


def requests_under(name: str, value: str) -> Iterator[tuple[Signal, ExportRequest]]:
    """Yield requests in which the value stands under the name wherever OTLP holds a name."""
    deep = {name: value, "request": {name: value}, "headers": [{name: value}], "pairs": [[name, value]]}
    spans = [
        span("of attributes", deep),
        span("of an event", events=[Span.Event(name="exception", attributes=pairs(deep))]),
    ]
    logs = [log("of attributes", deep), log(deep), log([deep]), log({"request": deep})]
    metrics = [
        counter(point(attributes=deep), name="planted.named"),
        counter(point(exemplars=[_exemplar(deep)]), name="planted.named.exemplar"),
    ]
    yield "traces", request(SERVICE, *spans, resource={name: value})
    yield "logs", request(SERVICE, *logs, resource={name: value})
    yield "metrics", request(SERVICE, *metrics, resource={name: value})


def _values(text: str) -> dict[str, Any]:
    return {
        "planted.text": text,
        "planted.list": ["first", text],
        "planted.map": {"inner": text, "list": [text]},
    }


def _scoped(text: str) -> Iterator[tuple[Signal, ExportRequest]]:
    scope = InstrumentationScope(name="planted", attributes=pairs({"planted.scope": text}))
    traces, logs = request(SERVICE, span("of a scope")), request(SERVICE, log("of a scope"))
    traces.resource_spans[0].scope_spans[0].scope.CopyFrom(scope)
    logs.resource_logs[0].scope_logs[0].scope.CopyFrom(scope)
    yield "traces", traces
    yield "logs", logs


def request_beyond_reach(place: str, text: str) -> ExportRequest:
    """Return a request in which the text stands in one of ``BEYOND_REACH``."""
    if place == "bytes":
        return request(SERVICE, span("of bytes", {"planted.bytes": text.encode()}))
    link = Span.Link(trace_id=os.urandom(16), span_id=os.urandom(8), attributes=pairs({"planted.link": text}))
    return request(SERVICE, span("of a link", links=[link]))


def _exemplar(attributes: dict[str, Any]) -> Exemplar:
    now = point().time_unix_nano
    return Exemplar(
        time_unix_nano=now,
        as_int=1,
        trace_id=os.urandom(16),
        span_id=os.urandom(8),
        filtered_attributes=pairs(attributes),
    )
