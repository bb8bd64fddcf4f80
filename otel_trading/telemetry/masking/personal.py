"""Personal data, known by its form: e-mail addresses, payment cards, IBANs, telephone numbers.

Numbers are what trading logs are made of, so a number is masked only where more than its length speaks for it: check
digits, an issuer's prefix, the usual groups, a plus sign. docs/masking.md says what is left readable.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from otel_trading.telemetry.masking.rule import MASK, Rule

if TYPE_CHECKING:
    from collections.abc import Callable

_FEWEST_GROUPED, _FEWEST_BARE = 10, 11
_IBAN_CHECK, _IBAN_REST = 97, 1
_TWICE = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)  # a digit doubled, and the digits of that added (Luhn, ISO/IEC 7812-1)

# Where a number may begin, at a digit that issuers use; the search is fast as it can look for that digit.
_CARD = re.compile(r"[2-6](?<![\w-].)(?<!\d\..)(?<!h:.)\d{3}(?=[ -]?\d{4})")
_CARDS = tuple(
    re.compile(rf"{groups}(?!\w|-\w|\.\d)")
    for groups in (
        r"\d{4}([ -])\d{4}\1\d{4}\1\d{4}\1\d{3}",
        r"\d{4}([ -])\d{4}\1\d{4}\1\d{4}",
        r"\d{4}([ -])\d{6}\1\d{5}",
        r"\d{4}([ -])\d{6}\1\d{4}",
    )
)
_BARE_CARD = re.compile(r"\d{14,16}(?!\w|-\w|\.\d)")
_ISSUED = re.compile(  # prefixes and lengths in use: Visa, Mastercard, Discover, JCB, UnionPay, Mir; Amex; Diners
    r"(?:4\d{15}|(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720|6011|64[4-9]|65|352[89]|35[3-8]|62|220[0-4])\d{10,14}"
    r"(?<=\d{16})|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11})"
)
_IS_AN_ID = re.compile(
    r"(?:(?<![A-Za-z])(?:id|ID|Id)|[a-z]I[dD]|(?i:order|trade))\\{0,3}[\"']?\s?[:=#]?\s?\\{0,3}[\"']?$"
)
_NAME_LENGTH = 24

_PHONE = re.compile(r"\+[1-9](?:[ ()-]{0,2}\d){7,14}(?!\w|\.\d)")

_IBAN = re.compile(r"[A-Z]{2}\d{2}(?<![A-Za-z0-9]....)(?=(?:[ -]?[A-Z0-9]){11})")
_IBAN_TAIL = re.compile(r"(?:[ -]?[A-Z0-9]){11,30}")
# Lengths by country, from the IBAN registry (ISO 13616).
_IBAN_LENGTHS = {
    country: length
    for length, countries in {
        15: "NO", 16: "BE", 18: "DK FI FK FO GL NL SD", 19: "MK SI", 20: "AT BA EE KZ LT LU MN XK",
        21: "CH HR LI LV", 22: "BG BH CR DE GB GE IE ME RS VA", 23: "AE GI IL IQ OM SO TL",
        24: "AD CZ ES MD PK RO SA SE SK TN VG", 25: "LY PT ST", 26: "IS TR", 27: "BI DJ FR GR IT MC MR SM",
        28: "AL AZ BY CY DO GT HU LB NI PL SV", 29: "BR EG PS QA UA", 30: "JO KW MU YE",
        31: "MT SC", 32: "LC", 33: "RU",
    }.items()
    for country in countries.split()
}  # fmt: skip


def _is_luhn(digits: str) -> bool:
    odd, even = digits[-1::-2], digits[-2::-2]
    return (sum(map(int, odd)) + sum(_TWICE[int(digit)] for digit in even)) % 10 == 0


def _card_end(text: str, start: int) -> int:
    """Return where the card's number that begins at ``start`` ends, or 0 where none does."""
    for pattern in _CARDS:
        found = pattern.match(text, start)
        if found and _is_luhn(found[0].replace(found[1], "")):
            return found.end()
    found = _BARE_CARD.match(text, start)
    if (
        found
        and _ISSUED.fullmatch(found[0])
        and _is_luhn(found[0])
        and not _IS_AN_ID.search(text, max(0, start - _NAME_LENGTH), start)
    ):
        return found.end()
    return 0


def _phone(found: re.Match[str]) -> str:
    digits = sum(map(str.isdigit, found[0]))
    fewest = _FEWEST_BARE if digits == len(found[0]) - 1 else _FEWEST_GROUPED
    return MASK if digits >= fewest else found[0]


def _iban_end(text: str, start: int) -> int:
    """Return where the IBAN that begins at ``start`` ends, or 0 where none does."""
    length = _IBAN_LENGTHS.get(text[start : start + 2])
    tail = _IBAN_TAIL.match(text, start + 4) if length else None
    if length is None or tail is None:
        return 0
    held: list[str] = []
    end = start
    for place in range(start, tail.end()):
        if text[place] not in " -":
            held.append(text[place])
        if len(held) == length:
            end = place + 1
            break
    if not end > start or text[end : end + 1].isalnum():
        return 0
    number = "".join(str(int(sign, 36)) for sign in (*held[4:], *held[:4]))
    return end if int(number) % _IBAN_CHECK == _IBAN_REST else 0


def _without(text: str, begins: re.Pattern[str], end_of: Callable[[str, int], int]) -> str:
    """Mask from where ``begins`` matches to where ``end_of`` says; where it is none after all, look on just behind."""
    found = begins.search(text)
    if found is None:
        return text
    parts: list[str] = []
    done = 0
    while found is not None:
        end = end_of(text, found.start())
        if end:
            parts += text[done : found.start()], MASK
            done = end
        found = begins.search(text, end or found.start() + 1)
    return "".join((*parts, text[done:]))


_SHORTEST = 11  # characters of a telephone's number
RULES = (
    Rule(
        ("@", "%40"),
        re.compile(r"[\w.+-]{1,64}(?:@|%40)(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}"),
    ),
)


def numbers(text: str) -> str:
    """Return ``text`` without the numbers of payment cards, bank accounts and telephones."""
    if len(text) < _SHORTEST:
        return text
    text = _without(_without(text, _IBAN, _iban_end), _CARD, _card_end)
    # Last, as a telephone's number may take the first digits of a number behind it.
    return _PHONE.sub(_phone, text) if "+" in text else text
