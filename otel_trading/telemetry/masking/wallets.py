"""Keys of wallets: seed phrases after their name, and private keys of 32 bytes where they are named as such.

64 hex digits alone are left: a hash of a transaction looks the same. Nor is a phrase looked up in a list of words:
it is known by its name before it and by its length (BIP-39 has 12, 15, 18, 21 or 24 words of 3 to 8 letters).
"""

from __future__ import annotations

import re
from functools import lru_cache

from otel_trading.telemetry.masking.rule import MASK, Rule

_PHRASE = r"(?:(?:seed|mnemonic|recovery|backup|secret|wallet)[-_ ]?(?:phrase|words))"
_BETWEEN = r"[\s\d.,;\\\"'()\[\]-]{1,8}"
_WORD = r"[a-z]{3,8}(?!\w)"
# Behind the twelve that a phrase has at least, the name of another secret is none of its words.
_NO_NAME = (
    r"(?![\w-]{3,32}(?: (?:key|phrase|words|secret|token|number|id))?[\\\"']{0,4}\s{0,3}[:=]"
    r"|[a-z]{3,8}[-_ ]?key[^0-9a-z]{1,6}(?:0x)?[0-9a-f]{16})"
)
_WORDS = rf"{_WORD}(?:{_BETWEEN}{_WORD}){{11}}(?:{_BETWEEN}{_NO_NAME}{_WORD}){{0,12}}"
_SAID = r"[\\\"']{0,4}\s{0,3}(?:(?:=>|[:=]|\bis\b|\bare\b)\s{0,3})?[\\\"'(\[]{0,4}(?:\d{1,2}[.)]\s?)?"
_TOLD = r"[\\\"']{0,4}\s{0,3}(?:=>|[:=])\s{0,3}[\\\"'(\[]{0,4}(?:\d{1,2}[.)]\s?)?"

_HEX_KEY = r"(?:0x)?[0-9a-f]{64}(?![0-9a-f])"
_NAME = r"(?:(?:priv(?:ate)?|wallet|signer|eth|evm)[-_ ]?key|(?<![a-z0-9])pk)"

RULES = (
    Rule(
        ("phrase", "words", "mnemonic", "seed"),
        re.compile(rf"(?i)((?:{_PHRASE}{_SAID}|(?:mnemonic|seed){_TOLD})){_WORDS}"),
        rf"\1{MASK}",
        is_bare=True,
    ),
    Rule(("key", "pk"), re.compile(rf"(?i)({_NAME}(?:\s?is)?[^0-9a-z]{{1,6}}){_HEX_KEY}"), rf"\1{MASK}", is_bare=True),
)

_PHRASE_KEY = re.compile(rf"(?i)(?:{_PHRASE}|mnemonic|(?:^|[._-])seed)$")
_PHRASE_VALUE = re.compile(rf"(?i)\W{{0,8}}(?:\d{{1,2}}[.)]\s?)?{_WORDS}")
_HEX_NAME = re.compile(r"(?i)(?:priv(?:ate)?|wallet|signer|eth|evm)[-_. ]?key$|(?:^|[._-])pk$")
_HEX_VALUE = re.compile(_HEX_KEY, re.IGNORECASE)


@lru_cache(maxsize=4096)  # names of attributes are few, and each comes again and again
def concerns(key: str) -> bool:
    """Tell whether anything under ``key`` may be a phrase or a key of a wallet."""
    return any(pattern.search(key) for pattern in (_PHRASE_KEY, _HEX_NAME))


def is_secret(key: str, value: object) -> bool:
    """Tell whether ``value`` is a seed phrase or a private key, by the name it stands under and by its form."""
    if not concerns(key):
        return False
    if _PHRASE_KEY.search(key):
        if isinstance(value, (list, tuple)):
            value = " ".join(word for word in value if isinstance(word, str))
        return isinstance(value, str) and _PHRASE_VALUE.match(value) is not None
    return isinstance(value, str) and _HEX_NAME.search(key) is not None and _HEX_VALUE.match(value) is not None
