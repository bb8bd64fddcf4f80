"""Ids of accounts and users: they become keyed hashes, by which records can still be joined."""

from __future__ import annotations

import re
from functools import lru_cache

from otel_trading.telemetry.masking import hashing
from otel_trading.telemetry.masking.rule import Rule

_ID = r"(?:u?ids?|numbers?|no|code)"
_NAMED = (
    rf"(?:(?:account|acct)s?[-_. ]?{_ID}|sub[-_. ]?(?:account|acct)s?(?:[-_. ]?{_ID})?"
    r"|(?:user|customer|member)[-_. ]?u?ids?)"
)
_KEY = re.compile(rf"(?i){_NAMED}$|(?:^|[._-])uid$")
_BARE_KEY = re.compile(r"(?i)(?:^|[._-])(?:account|acct)s?$")
_OF_A_PROCESS = ("process.", "k8s.", "container.")  # Unix users and pods, by the semantic conventions
_PROCESS_BEFORE = re.compile(r"(?i)(?:process|k8s|container)[._][\w.]{0,20}$")
_PREFIX_LENGTH = 32
_LARGEST = 2**64  # a larger number is no id, and may have more digits than Python writes
_NOTHING = frozenset({"", "none", "null", "true", "false"})

# What brokers call an account, as in account='DU1234567'; not "spot", and not an amount of money.
_LIKE_A_CODE = re.compile(r"(?i)(?=[\w-]*[a-z])(?=[\w-]*\d)[\w-]{5,}")

_HASHED = re.compile(r"h:[0-9a-f]{16}(?![0-9a-f])")
_IN_TEXT = re.compile(
    rf"(?i)((?:{_NAMED}|(?<![a-z0-9])(?:uid|(?P<bare>(?:account|acct)s?)))(\\{{0,3}}[\"']?)\s{{0,3}}(?:=>|[:=])\s{{0,3}})"
    rf"(\\{{0,3}}[\"']?)(?!{_HASHED.pattern})([\w-](?:[\w.@+-]*\w)?)"
)


def _in_text(found: re.Match[str]) -> str:
    named, _, quote, opening, held = found.groups()
    start = found.start()
    if held.lower() in _NOTHING or _PROCESS_BEFORE.search(found.string, max(0, start - _PREFIX_LENGTH), start):
        return found[0]
    if found["bare"] and not _LIKE_A_CODE.fullmatch(held):
        return found[0]
    around = "" if opening else quote  # a number in JSON was not quoted, its hash has to be
    return f"{named}{opening}{around}{hashing.hashed(held)}{around}"


RULES = (Rule(("uid", "account", "acct", "user", "customer", "member"), _IN_TEXT, _in_text),)


@lru_cache(maxsize=4096)  # names of attributes are few, and each comes again and again
def concerns(key: str) -> bool:
    """Tell whether anything under ``key`` may be the id of an account."""
    return any(pattern.search(key) for pattern in (_KEY, _BARE_KEY))


def is_account(key: str, value: object) -> bool:
    """Tell whether ``value`` is the id of an account or of a user, by the name it stands under."""
    if not concerns(key) or isinstance(value, bool) or not isinstance(value, (str, int)):
        return False
    if isinstance(value, int) and abs(value) > _LARGEST:
        return False
    if isinstance(value, str) and (value.lower() in _NOTHING or _HASHED.match(value)):
        return False
    if _KEY.search(key):
        return not key.startswith(_OF_A_PROCESS)
    # Under "account" alone may stand a word, as in "spot"; an id has a digit.
    return _BARE_KEY.search(key) is not None and any(map(str.isdigit, str(value)))
