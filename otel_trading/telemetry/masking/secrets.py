"""What a secret looks like in text: by the name it is given, or by its own form."""

from __future__ import annotations

import re
from functools import lru_cache

from otel_trading.telemetry.masking.rule import MASK, Rule

_STRONG = (  # whatever stands before: binanceApiKey, X-MBX-APIKEY, OK-ACCESS-PASSPHRASE, KC_API_SECRET
    r"(?:api[-_ ]?key|api[-_ ]?secret|access[-_ ]?key(?:[-_]?id)?|secret[-_ ]?key"
    r"|client[-_]?secret|app[-_]?secret|private[-_ ]?key|listen[-_ ]?key|signing[-_]?key|pass[-_]?phrase|password"
    r"|passwd|(?:access|refresh|auth|bearer|bot|session|csrf|id)[-_]?token|mnemonic|seed[-_]?phrase|authorization"
    r"|webhook[-_]?url)"
)
_WHOLE = r"(?:secret|set-cookie|cookie|jwt)"
_SIGNED = r"(?:signature|sign|sig)"  # also words of other meaning: only a long value is a secret

_TO_VALUE = r"\\{0,3}[\"']?\s{0,3}(?:=>|[:=])\s{0,3}"
_NAMED = rf"(?i:(?:{_STRONG}|(?<![a-z0-9]){_WHOLE}){_TO_VALUE})"
_SCHEME = r"(?i:(?:bearer|basic|digest|token|apikey|bot)\s{1,3})?"

_NAMES = ("key", "secret", "pass", "token", "authorization", "mnemonic", "seed", "cookie", "jwt", "webhook")

QUERY = Rule(("?",), re.compile(r"(?<=[\w/])\?(?=[^\s\"'<>()=?]+=)[^\s\"'<>()]*"), f"?{MASK}")
"""The query of a URL."""

RULES = (
    QUERY,
    # https://user:password@host
    Rule(("@",), re.compile(r"(?<=://)[^\s/@\"'<>]+@"), f"{MASK}@"),
    # "apiKey": "…", also with its quotes escaped, as JSON within JSON has them.
    Rule(_NAMES, re.compile(rf"({_NAMED}b?)(\\{{0,3}}[\"'])(?:(?!\2)(?:\\.|[^\\]))*"), rf"\1\2{MASK}"),
    # api_key=… and Authorization: Bearer …
    Rule(_NAMES, re.compile(rf"({_NAMED}{_SCHEME})(?!b[\"'])[^\s\"'\\,&;)}}\]]+"), rf"\1{MASK}"),
    # ('X-MBX-APIKEY', '…')
    Rule(
        _NAMES,
        re.compile(rf"(?i)(\(\s?b?[\"'][\w-]{{0,40}}(?:{_STRONG}|{_WHOLE})[\"'],\s?b?[\"'])[^\"']*"),
        rf"\1{MASK}",
    ),
    Rule(
        ("sig",),
        re.compile(
            rf"(?i)((?<![a-z0-9]){_SIGNED}\\{{0,3}}[\"']?\s{{0,3}}(?:=>|[:=,])\s{{0,3}}(?:b(?=[\"']))?\\{{0,3}}[\"']?)[\w+/=%.-]{{16,}}"
        ),
        rf"\1{MASK}",
    ),
    Rule(
        ("private key-----",),
        re.compile(r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^-]*(?:-----END [A-Z ]{0,30}PRIVATE KEY-----)?"),
        is_bare=True,
    ),
    # A JSON web token.
    Rule(("eyj",), re.compile(r"(?<![\w.-])eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"), is_bare=True),
    # A Telegram bot's token, wherever it stands.
    Rule((":aa",), re.compile(r"(?<!\d)\d{6,12}:AA[\w-]{28,48}(?![\w-])")),
    Rule(
        ("hooks.slack.com", "/api/webhooks/"),
        re.compile(r"(?i)(hooks\.slack\.com/services/|discord(?:app)?\.com/api/webhooks/)[^\s\"'<>?]+"),
        rf"\1{MASK}",
        is_bare=True,
    ),
    # Binance's listen key, which opens an account's stream, in the address of its websocket.
    Rule(("/ws/",), re.compile(r"(?<=/ws/)[A-Za-z0-9]{50,}"), is_bare=True),
)

_STRONG_KEY = re.compile(rf"(?i){_STRONG}s?$")
_WHOLE_KEY = re.compile(rf"(?i)(?:^|[._-])(?:{_WHOLE}|credentials?)$")
_SIGNED_KEY = re.compile(rf"(?i)(?:^|[._-]){_SIGNED}$")
_SIGNATURE_LENGTH = 16


@lru_cache(maxsize=4096)  # names of attributes are few, and each comes again and again
def concerns(key: str) -> bool:
    """Tell whether anything under ``key`` may be a secret."""
    return any(pattern.search(key) for pattern in (_STRONG_KEY, _WHOLE_KEY, _SIGNED_KEY))


def is_secret(key: str, value: object) -> bool:
    """Tell whether what stands under ``key`` is a secret. Flags and absent values are none."""
    if not concerns(key) or value is None or isinstance(value, bool) or value in ("", b""):
        return False
    if _STRONG_KEY.search(key) or _WHOLE_KEY.search(key):
        return True
    return isinstance(value, (str, bytes)) and len(value) >= _SIGNATURE_LENGTH and bool(_SIGNED_KEY.search(key))
