"""What is planted before the Collector: texts with secrets, texts that only look alike, and names."""

from __future__ import annotations

from typing import Any

from tests.telemetry.secrets_of_people import LOOK_ALIKES, PRIVATE, SECRETS

SECRET = "aVeryPrivate0123456789abcdef0123456789abcdef"
HEX = "0123456789abcdef" * 4
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTYifQ.c2lnbmF0dXJl-_"

OF_BOTS = {
    "a signature in a URL": f"GET https://api.binance.com/api/v3/account?timestamp=1&signature={SECRET}",
    "a signature in an error": f"exceeded with url: /api/v3/account?recvWindow=5000&signature={SECRET} (Caused by X)",
    "a listen key in a URL": f"wss://stream.example/ws?listenKey={SECRET}",
    "a listen key in a path": f"wss://stream.binance.com:9443/ws/{SECRET}{SECRET}",
    "printed headers": f"{{'OK-ACCESS-KEY': '{SECRET}', 'OK-ACCESS-PASSPHRASE': '{SECRET}'}}",
    "printed headers of bytes": f"{{b'X-MBX-APIKEY': b'{SECRET}'}}",
    "headers as pairs": f"[('X-BAPI-API-KEY', '{SECRET}'), ('X-BAPI-SIGN', '{HEX}{SECRET}')]",
    "headers of aiohttp": f"<CIMultiDictProxy('KC-API-PASSPHRASE': '{SECRET}')>",
    "JSON": f'{{"apiKey": "{SECRET}", "secret": "{SECRET}", "nonce": 4}}',
    "JSON within JSON": rf'{{"body": "{{\"secret\": \"{SECRET}\"}}"}}',
    "a password with spaces": f'{{"password":"{SECRET} with spaces {SECRET}"}}',
    "a password with a quote": f"{{'password': 'it\\'s {SECRET}'}}",
    "a bearer token": f"Authorization: Bearer {SECRET}",
    "a bearer token alone": f"sent Bearer {SECRET}",
    "basic credentials": f"authorization=Basic {SECRET}",
    "a setting": f"BINANCE_API_SECRET={SECRET}",
    "a password in a URL": f"postgresql://bot:{SECRET}@db.example/trades",
    "a webhook of Slack": f"https://hooks.slack.com/services/T0/B0/{SECRET}",
    "a webhook of Discord": f"https://discord.com/api/webhooks/1/{SECRET}",
    "a PEM key": f"-----BEGIN EC PRIVATE KEY-----\n{SECRET}\n-----END EC PRIVATE KEY-----",
    "a short mnemonic": f"mnemonic: '{SECRET} zoo wrong'",
    "a web token": f"connected with {JWT} to the feed",
    "a Telegram token": f"POST https://api.telegram.org/bot1234567890:AAFghij{SECRET[:28]}/sendMessage 200",
}
HIDDEN = {"a web token": JWT.split(".")[1]}
TEXTS = {
    **{name: (text, HIDDEN.get(name, "aVeryPrivate")) for name, text in OF_BOTS.items()},
    **SECRETS,
}

# The Collector sees no check digits of an IBAN: what only fails these is masked as well.
STAYS = [
    *(text for text in LOOK_ALIKES if text and "DE89370400440532013001" not in text),
    "DE8937040044053201300 is too short",
    "token: USDT, tokens=5",
    "key=BTC/USDT:1h",
    "passed=3 of 4, bypass: on",
    "required: apiKey, secret, password",
    "sign=-1 skew=0.2",
    "what? no=yes",
    "{'side': 'buy', 'secretary': 'Ann', 'monkey': 3}",
    "12:03:14.502118 bid 60001.50 ask 60002.00",
    f"https://etherscan.example/tx/0x{HEX}",
    f"'X-MBX-APIKEY': '***' api_key=*** uid=h:{HEX[:16]} ?*** h:{HEX[:16]}",  # what a bot has masked itself
]

# Names under which a value is a secret whatever it looks like.
NAMES = (
    "apiKey", "api_key", "http.request.header.x_mbx_apikey", "X-MBX-APIKEY", "OK-ACCESS-PASSPHRASE",
    "binanceApiSecret", "secret", "config.secret", "password", "privateKey", "listenKey", "Authorization", "Set-Cookie",
    "client_secret", "accessToken", "signature", "X-BAPI-SIGN", "wallet.mnemonic", "seed_phrase", "bot_token",
)  # fmt: skip
ACCOUNTS = (
    "account.id",
    "accountId",
    "ib.account.number",
    "sub_account",
    "user.id",
    "enduser.id",
    "binance.uid",
    "uid",
)
ORDINARY: dict[str, Any] = {
    "trading.order.id": "4111111111111111",
    "orderId": "378282246310005",
    "tradeId": 4111111111111111,
    "trading.order.client_id": "5WnRFbYd6PpBWGBLC7cR8x",
    "trading.order.related_ids": ["4111111111111111", "28173645"],
    "trading.symbol": "BTC/USDT",
    "trading.order.price": 60000.5,
    "tx.hash": f"0x{PRIVATE}",
    "time": 1763885380123456789,
    "sign": -1,
    "signal": "momentum",
    "key": "BTC/USDT",
    "token": "USDC",
    "seed": 42,
    "pk": 7,
    "has_password": True,
    "account": "spot",
    "account.type": "margin",
    "process.user.id": 1000,
    "k8s.pod.uid": "550e8400",
    "url.path": "/api/v3/order",
    "account_id": f"h:{HEX[:16]}",
}
