"""Ids of accounts and users become hashes: equal ones stay equal, and nobody reads them back."""

from __future__ import annotations

import multiprocessing
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from otel_trading.cli import main
from otel_trading.settings import load, replace_current
from otel_trading.telemetry import redact
from otel_trading.telemetry.masking import hashing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HASH_OF_7 = "h:4c4b54b51a5f9cff"
"""printf 7 | openssl dgst -sha256 -hmac 'of these tests'"""
HASH_OF_DU = "h:1214b64a26801e25"
"""The same of DU1234567."""


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    forget()
    yield
    forget()


def forget() -> None:
    """As at the start of a process."""
    hashing._hashed.cache_clear()
    hashing._kept.cache_clear()


def key(value: str) -> None:
    replace_current(load({"OTEL_TRADING_HASH_KEY": value})[0])


def store(folder: Path) -> None:
    replace_current(load({"OTEL_TRADING_STORE": str(folder)})[0])


def test_the_hash_is_the_hmac_that_other_tools_make() -> None:
    key("of these tests")

    assert hashing.hashed("7") == HASH_OF_7


@pytest.mark.parametrize(
    "name",
    [
        "account.id",
        "accountId",
        "account_id",
        "accountID",
        "ib.account.number",
        "binanceAccountId",
        "sub_account",
        "subAccount",
        "sub-account-id",
        "subaccounts",
        "user.id",
        "enduser.id",
        "userId",
        "uid",
        "binance.uid",
        "customer_id",
        "account",
        "acct",
    ],
)
def test_the_id_under_such_a_name_becomes_its_hash(name: str) -> None:
    key("of these tests")

    assert redact.attributes({name: "7"}) == {name: HASH_OF_7}
    assert redact.attributes({name: 7}) == {name: HASH_OF_7}
    assert redact.value({"a": [{name: [7, "7"]}]}) == {"a": [{name: [HASH_OF_7, HASH_OF_7]}]}


@pytest.mark.parametrize(
    "found",
    [
        {"account": "spot", "account.type": "margin", "accounts": ["spot", "swap"], "account.balance": 7},
        {"uid": None, "user.id": "", "account_id": "None", "userId": True, "user.name": "ann"},
        {"process.user.id": 1000, "process.real_user.id": 1000, "k8s.pod.uid": "550e8400", "guid": "a1", "liquid": 1},
        {"trading.order.client_id": "7", "trading.order.id": "7", "client_id": "7", "service.instance.id": "7"},
    ],
)
def test_other_values_stay(found: dict[str, object]) -> None:
    assert redact.attributes(found) == found


@pytest.mark.parametrize("text", ["account=spot", "account: 100000", "accounts='BTC/USDT'", "account=60000.00 USDT"])
def test_a_word_or_a_number_behind_a_bare_account_in_a_text_stays(text: str) -> None:
    assert redact.text(text) == text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("uid=7, ok", f"uid={HASH_OF_7}, ok"),
        ("account number: 7", f"account number: {HASH_OF_7}"),
        ("Position(account='DU1234567', avgCost=1.0)", f"Position(account='{HASH_OF_DU}', avgCost=1.0)"),
        ("{'accountId': '7', 'x': 7}", f"{{'accountId': '{HASH_OF_7}', 'x': 7}}"),
        ('{"uid": 7}', f'{{"uid": "{HASH_OF_7}"}}'),
        (r"{\"uid\":7}", rf"{{\"uid\":\"{HASH_OF_7}\"}}"),
    ],
)
def test_an_id_named_in_a_text_becomes_the_same_hash(text: str, masked: str) -> None:
    key("of these tests")

    assert redact.text(text) == masked


def test_another_key_makes_another_hash() -> None:
    key("of these tests")
    one = hashing.hashed("7")
    key("of others")

    assert hashing.hashed("7") != one


def test_without_a_key_of_the_user_s_hashes_join_across_restarts(tmp_path: Path) -> None:
    store(tmp_path / "store")
    one = hashing.hashed("7")
    forget()

    assert hashing.hashed("7") == one


def test_another_machine_has_another_key(tmp_path: Path) -> None:
    store(tmp_path / "one")
    one = hashing.hashed("7")
    store(tmp_path / "other")

    assert hashing.hashed("7") != one


def test_only_the_user_can_read_the_key(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        store(tmp_path / "store")
        hashing.hashed("7")
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "store" / hashing.KEY_FILE).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "store").stat().st_mode) == 0o700
    assert [path.name for path in (tmp_path / "store").iterdir()] == [hashing.KEY_FILE]


def test_threads_that_need_the_first_key_at_once_use_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: hashing._read_or_make(tmp_path / "store" / "hash.key"), range(64)))

    assert len(keys) == 1


def _hash_in(folder: Path) -> str:
    store(folder)
    return hashing.hashed("7")


def test_processes_that_need_the_first_key_at_once_use_the_same(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        hashes = set(pool.map(_hash_in, [tmp_path / "store"] * 8, chunksize=1))

    assert len(hashes) == 1


def test_a_key_that_another_process_put_first_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / hashing.KEY_FILE
    link = os.link

    def late(draft: Path, there: Path) -> None:
        path.write_text("k" * 64)
        link(draft, there)

    monkeypatch.setattr(os, "link", late)

    assert hashing._read_or_make(path) == b"k" * 64
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("kept", ["", "short"])
def test_a_damaged_key_costs_no_record(tmp_path: Path, kept: str, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / hashing.KEY_FILE).write_text(kept)
    store(tmp_path)

    assert redact.attributes({"uid": 7})["uid"] == hashing.hashed("7")
    assert "set OTEL_TRADING_HASH_KEY" in caplog.text
    assert len(caplog.records) == 1


def test_where_no_key_can_be_kept_hashes_join_within_the_process(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    store(tmp_path / "file" / "store")
    one = hashing.hashed("7")

    assert hashing.hashed("7") == one
    assert "set OTEL_TRADING_HASH_KEY" in caplog.text


def test_the_command_shows_the_hash_to_search_for() -> None:
    done = CliRunner().invoke(main, ["hash", "7"], env={"OTEL_TRADING_HASH_KEY": "of these tests"})

    assert (done.exit_code, done.output) == (0, f"{HASH_OF_7}\n")
