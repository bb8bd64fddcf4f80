"""The standard variables say where to send, and how, as they do for a bot."""

from __future__ import annotations

import ipaddress
import ssl
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from otel_trading.replay import TargetError, replay, target_of
from otel_trading.replay.ledger import receiver_of
from tests.replay.receiver import receiver
from tests.replay.stores import log_line, names, plan, write

if TYPE_CHECKING:
    from pathlib import Path

_LOOPBACK = ipaddress.ip_address("127.0.0.1")
PREFIX = "OTEL_EXPORTER_OTLP_"


@pytest.mark.parametrize(
    ("environ", "endpoint", "url"),
    [
        ({}, None, "http://localhost:4318/v1/logs"),
        ({"ENDPOINT": "http://c:1/"}, None, "http://c:1/v1/logs"),
        ({"ENDPOINT": "http://c:1/base"}, None, "http://c:1/base/v1/logs"),
        ({"ENDPOINT": "http://c:1", "LOGS_ENDPOINT": "https://l/otlp/logs"}, None, "https://l/otlp/logs"),
        ({"ENDPOINT": "http://c:1", "LOGS_ENDPOINT": "http://l:2"}, "http://x:3", "http://x:3/v1/logs"),
        ({"PROTOCOL": "grpc"}, "http://x:3/v1/traces", "http://x:3/v1/logs"),
    ],
)
def test_the_endpoint_is_the_options_the_signals_or_the_one_for_all(
    environ: dict[str, str], endpoint: str | None, url: str
) -> None:
    found = target_of({PREFIX + name: value for name, value in environ.items()}, "logs", endpoint)
    assert found.url == url


@pytest.mark.parametrize(
    ("environ", "endpoint", "named"),
    [
        ({"ENDPOINT": "localhost:4318"}, None, "OTEL_EXPORTER_OTLP_ENDPOINT"),
        ({"LOGS_ENDPOINT": "ftp://x"}, None, "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT"),
        ({}, "http://", "--endpoint"),
        ({}, "http://x:99999", "--endpoint"),
        ({}, "http://[", "--endpoint"),
        ({"PROTOCOL": "grpc"}, None, "--endpoint"),
        ({"LOGS_PROTOCOL": "grpc"}, None, "OTEL_EXPORTER_OTLP_LOGS_PROTOCOL"),
        ({"TIMEOUT": "soon"}, None, "OTEL_EXPORTER_OTLP_TIMEOUT"),
        ({"TIMEOUT": "0"}, None, "OTEL_EXPORTER_OTLP_TIMEOUT"),
        ({"LOGS_TIMEOUT": "inf"}, None, "OTEL_EXPORTER_OTLP_LOGS_TIMEOUT"),
        ({"COMPRESSION": "zip"}, None, "OTEL_EXPORTER_OTLP_COMPRESSION"),
        ({"CERTIFICATE": "/nowhere.pem"}, None, "OTEL_EXPORTER_OTLP_CERTIFICATE"),
        ({"HEADERS": "authorization=a%0ab"}, None, "OTEL_EXPORTER_OTLP_HEADERS"),
        ({"HEADERS": "authorization=%E4%BB%B7"}, None, "OTEL_EXPORTER_OTLP_HEADERS"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_by_name(
    environ: dict[str, str], endpoint: str | None, named: str
) -> None:
    with pytest.raises(TargetError, match=named):
        target_of({PREFIX + name: value for name, value in environ.items()}, "logs", endpoint)


@pytest.mark.parametrize("compression", ["gzip", "deflate", "none", ""])
def test_a_request_carries_the_headers_and_the_compression_of_the_variables(tmp_path: Path, compression: str) -> None:
    write(tmp_path, "logs", [log_line(1)])
    with receiver() as server:
        replay(plan(tmp_path, server.target(HEADERS="X-Desk=a%20b,y=2", COMPRESSION=compression)))
        [asked] = server.requests
    assert server.taken == names("log", [1])
    assert (asked.headers["x-desk"], asked.headers["y"]) == ("a b", "2")
    assert asked.headers["content-type"] == "application/json"
    expected = {"": "gzip", "none": None}.get(compression, compression)
    assert asked.headers.get("content-encoding") == expected


def test_an_entry_in_netrc_does_not_replace_the_header(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "logs", [log_line(1)])
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with receiver() as server:
        replay(plan(tmp_path, server.target(HEADERS="authorization=Bearer%20sesame")))
        assert server.requests[0].headers["authorization"] == "Bearer sesame"


def test_headers_that_would_travel_in_the_clear_to_another_machine_are_told() -> None:
    environ = {PREFIX + "HEADERS": "authorization=x"}
    assert target_of(environ, "logs", "http://collector.example:4318").shows_headers
    assert not target_of(environ, "logs", "https://collector.example:4318").shows_headers
    assert not target_of(environ, "logs", "http://127.0.0.1:4318").shows_headers
    assert not target_of({}, "logs", "http://collector.example:4318").shows_headers


def test_what_is_shown_of_an_endpoint_holds_no_credentials() -> None:
    target = target_of({}, "logs", "http://user:sesame@collector.example:4318")
    assert target.place == "http://collector.example:4318/v1/logs"
    assert receiver_of(target.url) == "http://collector.example:4318/v1/logs"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("http://localhost:4318/v1/logs", "http://127.0.0.1:4318/v1/logs", True),
        ("http://localhost:4318/v1/logs", "http://[::1]:4318/v1/logs/", True),
        ("http://LOCALHOST:4318/v1/logs", "http://localhost:4318/v1/logs", True),
        ("https://c/v1/logs", "https://c:443/v1/logs", True),
        ("https://c/v1/logs", "http://c/v1/logs", False),
        ("http://c:4318/v1/logs", "http://c:4319/v1/logs", False),
        ("http://c:4318/a/v1/logs", "http://c:4318/b/v1/logs", False),
    ],
)
def test_two_ways_to_write_one_receiver_have_one_ledger(one: str, other: str, same: bool) -> None:
    assert (receiver_of(one) == receiver_of(other)) == same


def certificate(folder: Path) -> Path:
    """Write a certificate for 127.0.0.1 and its key into one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(timezone.utc)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(_LOOPBACK)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "receiver.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return path


def test_a_receivers_certificate_is_the_variables_even_where_requests_has_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "logs", [log_line(1)])
    pem = certificate(tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate(other)))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with receiver(tls=context) as server:
        without = replay(plan(tmp_path, server.target()))
        assert "no TLS connection" in without.stopped
        assert "OTEL_EXPORTER_OTLP_CERTIFICATE" in without.remedy
        assert server.taken == {}
        summary = replay(plan(tmp_path, server.target(CERTIFICATE=str(pem))))
    assert summary.complete
    assert summary.signals["logs"].doubted == 0
    assert server.taken == names("log", [1])
