"""The support bundle, and that no secret gets into it or onto the screen."""

from __future__ import annotations

import json
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from opentelemetry.semconv.attributes.exception_attributes import (
    EXCEPTION_MESSAGE,
    EXCEPTION_STACKTRACE,
    EXCEPTION_TYPE,
)

from otel_trading.doctor.bundle import shown_environment
from otel_trading.doctor.masking import Masker, is_secret
from otel_trading.semconv import attributes
from otel_trading.telemetry.store.encode import LineEncoder
from otel_trading.telemetry.store.limits import StoreLimits
from otel_trading.telemetry.store.writer import SignalWriter
from tests.cli.shell import run
from tests.doctor.receivers import receiver
from tests.telemetry.store.samples import log

if TYPE_CHECKING:
    from click.testing import Result

    from otel_trading.telemetry.records import Attributes

PLANTED = ("h3ader-v4lue", "t0ken-v4lue", "venue-s3cret", "us3r:p4ss", "misspelt-v4lue", "cl-secret-order", "31337.5")

ENVIRON = {
    "OTEL_EXPORTER_OTLP_HEADERS": "authorization=Bearer%20h3ader-v4lue,x-tenant=h3ader-v4lue",
    "OTEL_EXPORTER_OTLP_HEADER": "authorization=misspelt-v4lue",
    "OTEL_TRADING_QUEUE_SIZE": "t0ken-v4lue",
    "BOT_TOKEN": "t0ken-v4lue",
    "BINANCE_API_SECRET": "venue-s3cret",
    "OTEL_SERVICE_NAME": "grid-btc",
}
STACK = """Traceback (most recent call last):
  File "/srv/bot/strategy.py", line 12, in on_tick
    price = Decimal("31337.5")
ValueError: cl-secret-order at 31337.5 with venue-s3cret
"""


def keep(
    store: Path, body: str, more: Attributes | None = None, *, logger: str = "otel_trading", severity: int = 13
) -> None:
    """Store a log record as our own logger would have left it."""
    found: Attributes = {attributes.TRADING_ORDER_CLIENT_ID: "cl-secret-order", attributes.TRADING_ORDER_PRICE: 31337.5}
    record = log(time_ns=time.time_ns(), body=body)._replace(
        scope=logger, severity_number=severity, severity_text="WARN", attributes=found | (more or {})
    )
    writer = SignalWriter(store, "bot", "logs", StoreLimits(max_bytes=0, max_days=0))
    writer.write(LineEncoder({"service.name": "bot"}).logs([record]))
    writer.close()


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], Result]:
    """The files of a bundle that was made where secrets are everywhere, and what was printed beside it."""
    folder = tmp_path_factory.mktemp("bundle")
    failure: Attributes = {
        EXCEPTION_TYPE: "ValueError",
        EXCEPTION_STACKTRACE: STACK,
        EXCEPTION_MESSAGE: "cl-secret-order",
    }
    keep(folder / "store", "order cl-secret-order: api_secret=venue-s3cret t0ken-v4lue", failure)
    keep(folder / "store", "the bot's own 31337.5", logger="bot.orders")
    keep(folder / "store", "all is well", severity=9)
    path = folder / "bundle.zip"
    with receiver(401, headers={"X-Echo": "h3ader-v4lue"}) as there:
        environ: dict[str, str | None] = {**ENVIRON, "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://us3r:p4ss@{there.place}"}
        done = run("doctor", "--all", "--store", folder / "store", "--bundle", path, env=environ)
    with zipfile.ZipFile(path) as held:
        return {name: held.read(name).decode() for name in held.namelist()}, done


@pytest.mark.parametrize("planted", PLANTED)
def test_nothing_planted_is_in_the_bundle_or_on_the_screen(bundle: tuple[dict[str, str], Result], planted: str) -> None:
    files, done = bundle
    assert [name for name, text in files.items() if planted in text] == []
    assert planted not in done.output


def test_the_bundle_holds_findings_versions_settings_and_our_warnings(bundle: tuple[dict[str, str], Result]) -> None:
    files, _ = bundle
    assert set(files) == {"findings.json", "versions.json", "settings.json", "otel_trading.log.jsonl"}
    assert "receiver.unauthorized" in {each["code"] for each in json.loads(files["findings.json"])["findings"]}
    assert "opentelemetry-sdk" in json.loads(files["versions.json"])["packages"]
    assert json.loads(files["settings.json"])["OTEL_SERVICE_NAME"] == "grid-btc"


def test_a_log_line_keeps_what_helps_and_no_order(bundle: tuple[dict[str, str], Result]) -> None:
    lines = [json.loads(line) for line in bundle[0]["otel_trading.log.jsonl"].splitlines()]
    assert [(line["exception"], line["frames"]) for line in lines] == [
        ("ValueError", ["/srv/bot/strategy.py:12 on_tick"])
    ]
    assert lines[0]["body"].startswith("order ***")


def test_a_bundle_that_cannot_be_written_is_wrong_usage(tmp_path: Path) -> None:
    done = run("doctor", "--offline", "--store", tmp_path, "--bundle", tmp_path / "no" / "b.zip")
    assert done.exit_code == 2
    assert "cannot be written" in done.output


def test_a_variable_that_is_not_known_to_be_harmless_is_only_told_to_be_set() -> None:
    shown = shown_environment({"OTEL_EXPORTER_OTLP_LOGS_HEADERS": "a=b", "OTEL_OTHER": "x", "HOME": "/h"})
    assert shown == {"OTEL_EXPORTER_OTLP_LOGS_HEADERS": "***", "OTEL_OTHER": "***"}


def test_the_name_of_the_user_in_paths_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "b.zip"
    environ: dict[str, str | None] = {"OTEL_EXPORTER_OTLP_CERTIFICATE": str(Path.home() / "ca.pem")}
    run("doctor", "--offline", "--store", tmp_path, "--bundle", path, env=environ)
    with zipfile.ZipFile(path) as held:
        assert json.loads(held.read("settings.json"))["OTEL_EXPORTER_OTLP_CERTIFICATE"] == "~/ca.pem"


@pytest.mark.parametrize(
    "variable", ["OTEL_EXPORTER_OTLP_HEADERS", "API_KEY", "BOT_TOKEN", "DB_PASSWORD", "SENTRY_DSN", "SLACK_WEBHOOK"]
)
def test_a_variable_named_like_a_secret_is_one(variable: str) -> None:
    assert is_secret(variable)


@pytest.mark.parametrize("variable", ["OTEL_EXPORTER_OTLP_CLIENT_KEY", "PWD", "MONKEY", "OTEL_SERVICE_NAME"])
def test_a_variable_that_holds_no_secret_is_none(variable: str) -> None:
    assert not is_secret(variable)


def test_a_value_is_masked_encoded_decoded_and_without_its_scheme() -> None:
    masker = Masker({"X_HEADERS": "authorization=Bearer%20s%2Bcret,b=other1"})
    assert masker.text("Bearer s+cret, s+cret, s%2Bcret, other1") == "***, ***, ***, ***"


def test_a_common_word_is_no_secret_whatever_variable_holds_it() -> None:
    assert Masker({"USE_AUTH": "true"}).text("that is true") == "that is true"
