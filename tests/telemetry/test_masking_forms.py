"""Personal data and keys of wallets vanish from texts by their form; what looks alike stays to the last character."""

from __future__ import annotations

import json

import pytest

from otel_trading.settings import load, replace_current
from otel_trading.telemetry import redact
from tests.telemetry.secrets_of_people import LOOK_ALIKES, PHRASE, PRIVATE, SECRETS

pytestmark = pytest.mark.usefixtures("own_key")


@pytest.fixture
def own_key() -> None:
    replace_current(load({"OTEL_TRADING_HASH_KEY": "of these tests"})[0])


@pytest.mark.parametrize(("text", "hidden"), SECRETS.values(), ids=SECRETS)
@pytest.mark.parametrize("around", ["{}", "paid by {} today", "({})", "a=5, {}; b", "x\n{}\ty", "<{}>", "'{}'."])
def test_a_secret_vanishes_whatever_stands_around_it(text: str, hidden: str, around: str) -> None:
    planted = around.format(text)
    assert hidden in planted

    assert hidden not in redact.text(planted)


@pytest.mark.parametrize(("text", "hidden"), SECRETS.values(), ids=SECRETS)
def test_a_secret_that_stands_twice_vanishes_twice(text: str, hidden: str) -> None:
    assert hidden not in redact.text(f"{text} {text}, {text}")


@pytest.mark.parametrize("text", LOOK_ALIKES)
@pytest.mark.parametrize("around", ["{}", "got {} back", "[{}]"])
def test_what_looks_alike_stays(text: str, around: str) -> None:
    assert redact.text(around.format(text)) == around.format(text)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("mail to ann@example.com, please", "mail to ***, please"),
        ("paid DE89 3704 0044 0532 0130 00 EUR 5", "paid *** EUR 5"),
        ("PL61 1090 1014 0000 0712 1981 2874 SENT", "*** SENT"),
        ("card 4111 1111 1111 1111.", "card ***."),
        ("call +49 30 1234567 60000.5", "call *** 60000.5"),
        (f"seed phrase: {PHRASE}; 5", "seed phrase: ***; 5"),
        (f"mnemonic: {PHRASE} password: x", "mnemonic: *** password: ***"),
        (f"private_key=0x{PRIVATE} tx=0x{PRIVATE}", f"private_key=*** tx=0x{PRIVATE}"),
    ],
)
def test_what_stands_beside_a_secret_stays(text: str, masked: str) -> None:
    assert redact.text(text) == masked


@pytest.mark.parametrize("count", [12, 15, 18, 21, 24])
def test_a_seed_phrase_of_each_length_vanishes_whole(count: int) -> None:
    words = (PHRASE.split() * 2)[:count]

    assert redact.text("mnemonic: " + " ".join(words)) == "mnemonic: ***"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("seed", PHRASE),
        ("wallet.seed", PHRASE.split()),
        ("recovery_phrase", PHRASE),
        ("mnemonic", PHRASE.split()),
        ("pk", f"0x{PRIVATE}"),
        ("signer.key", PRIVATE),
        ("PRIVKEY", PRIVATE),
    ],
)
def test_a_key_of_a_wallet_vanishes_under_its_name(key: str, value: object) -> None:
    assert redact.attributes({key: value}) == {key: redact.MASK}


@pytest.mark.parametrize(
    "found",
    [
        {"seed": 42, "pk": 7, "signer.key": "BTC/USDT", "seeds": PHRASE},
        {"trading.order.id": "4111111111111111", "orderId": "378282246310005", "tradeId": 4111111111111111},
        {"tx.hash": f"0x{PRIVATE}", "block.hash": PRIVATE},
        {"time": 1763885380123456789, "big": 10**5000, "uid": 10**5000},
    ],
)
def test_attributes_that_look_alike_stay(found: dict[str, object]) -> None:
    assert redact.attributes(found) == found


def test_a_card_vanishes_where_no_id_stands() -> None:
    assert redact.attributes({"note": "4111111111111111"}) == {"note": "***"}


def test_json_stays_json() -> None:
    text = json.dumps({"uid": 354937868, "mail": "ann@example.com", "price": 60000.5})

    masked = json.loads(redact.text(text))

    assert masked == {"uid": masked["uid"], "mail": "***", "price": 60000.5}
    assert masked["uid"].startswith("h:")
