"""The receiver, tried with real records: each way in which it can fail, by a receiver that fails so."""

from __future__ import annotations

import socket
import ssl
from datetime import datetime, timedelta, timezone
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import certifi
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from otel_trading.doctor.receiver.target import targets
from tests.doctor.receivers import grpc_receiver, receiver
from tests.doctor.ward import ERROR, NOTE, OK, WARNING, check, situation

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from otel_trading.doctor import Finding

    Try = Callable[..., dict[str, Finding]]

PARSERS: dict[str, Any] = {
    "/v1/traces": ExportTraceServiceRequest,
    "/v1/logs": ExportLogsServiceRequest,
    "/v1/metrics": ExportMetricsServiceRequest,
}


@pytest.fixture
def attempt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Try:
    """Try the receiver with these variables set, as the stock exporters read them."""

    def run(timeout: float = 1.0, **environ: str) -> dict[str, Finding]:
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        return check("receiver", situation(tmp_path, timeout=timeout))

    return run


def test_without_an_endpoint_nothing_is_sent(attempt: Try) -> None:
    assert attempt()["receiver"].title == "No receiver is configured: nothing leaves this machine"


def test_a_receiver_that_takes_the_records_is_fine(attempt: Try) -> None:
    with receiver() as there:
        found = attempt(OTEL_EXPORTER_OTLP_ENDPOINT=f"http://{there.place}")
    assert {code: each.severity for code, each in found.items()} == {"receiver": OK}
    assert "traces, logs, metrics" in found["receiver"].title


def test_one_record_of_each_signal_arrives_marked_as_a_test_with_the_configured_headers(attempt: Try) -> None:
    with receiver() as there:
        attempt(
            OTEL_EXPORTER_OTLP_ENDPOINT=f"http://{there.place}", OTEL_EXPORTER_OTLP_HEADERS="authorization=Bearer%20s3"
        )
    assert sorted(path for path, _, _ in there.requests) == sorted(PARSERS)
    for path, headers, body in there.requests:
        message = PARSERS[path].FromString(body)
        assert "otel-trading-doctor" in str(message)
        assert headers["authorization"] == "Bearer s3"


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (301, "redirect"),
        (400, "rejected"),
        (401, "unauthorized"),
        (403, "unauthorized"),
        (404, "path"),
        (405, "path"),
        (413, "rejected"),
        (415, "not_otlp"),
        (429, "unavailable"),
        (500, "rejected"),
        (503, "unavailable"),
    ],
)
def test_a_status_is_explained(attempt: Try, status: int, code: str) -> None:
    with receiver(status) as there:
        found = attempt(timeout=0.75, OTEL_EXPORTER_OTLP_ENDPOINT=f"http://{there.place}")
    assert {each: one.severity for each, one in found.items()} == {f"receiver.{code}": ERROR}
    assert f"HTTP {status}" in found[f"receiver.{code}"].evidence[0]
    assert found[f"receiver.{code}"].remedy


def test_refused_credentials_name_the_headers_and_never_show_a_value(attempt: Try) -> None:
    with receiver(401) as there:
        found = attempt(
            OTEL_EXPORTER_OTLP_ENDPOINT=f"http://{there.place}",
            OTEL_EXPORTER_OTLP_HEADERS="authorization=Bearer%20s3cr3t",
        )
    assert "authorization" in found["receiver.unauthorized"].title
    assert "s3cr3t" not in str(found)


def test_a_signals_endpoint_without_its_path_is_explained(attempt: Try) -> None:
    with receiver(404) as there:
        found = attempt(OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=f"http://{there.place}", OTEL_TRADING_EXPORT="otlp")
    assert "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is taken as it is" in found["receiver.path"].remedy


def test_a_web_page_is_no_receiver(attempt: Try) -> None:
    with receiver(headers={"Content-Type": "text/html"}) as there:
        assert "receiver.not_otlp" in attempt(OTEL_EXPORTER_OTLP_ENDPOINT=f"http://{there.place}")


def test_a_receiver_that_hangs_ends_in_a_time_out(attempt: Try) -> None:
    with receiver(hangs=True) as there:
        found = attempt(timeout=0.75, OTEL_EXPORTER_OTLP_ENDPOINT=f"http://{there.place}")
    assert set(found) == {"receiver.timeout"}


def test_a_port_nobody_listens_on_is_refused(attempt: Try) -> None:
    found = attempt(timeout=0.75, OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{free_port()}")
    assert "Connection refused" in found["receiver.refused"].evidence[0]


def test_a_name_that_does_not_resolve_is_told(attempt: Try) -> None:
    assert set(attempt(timeout=0.75, OTEL_EXPORTER_OTLP_ENDPOINT="http://collector.invalid:4318")) == {"receiver.dns"}


def test_an_endpoint_without_a_scheme_is_no_url(attempt: Try) -> None:
    assert "http://localhost:4318" in attempt(OTEL_EXPORTER_OTLP_ENDPOINT="localhost:4318")["receiver.endpoint"].remedy


def test_a_credential_provider_that_is_not_installed_is_told(attempt: Try) -> None:
    found = attempt(
        OTEL_EXPORTER_OTLP_ENDPOINT="http://localhost:4318", OTEL_PYTHON_EXPORTER_OTLP_HTTP_CREDENTIAL_PROVIDER="vault"
    )
    assert "no credential provider vault is installed" in found["receiver.failed"].evidence[0]


def test_a_server_that_breaks_off_speaks_another_protocol(attempt: Try) -> None:
    with grpc_receiver() as place:
        assert set(attempt(timeout=0.75, OTEL_EXPORTER_OTLP_ENDPOINT=f"http://{place}")) == {"receiver.protocol"}


@pytest.fixture
def own_bundles(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of the machine's by which requests would take other certificates than those configured."""
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("own_bundles")
def test_a_certificate_of_an_unknown_authority_is_a_tls_error_cured_by_its_file(attempt: Try, tmp_path: Path) -> None:
    with receiver(tls=certificate(tmp_path)) as there:
        endpoint = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"https://{there.place}"}
        assert "CERTIFICATE_VERIFY_FAILED" in attempt(timeout=0.75, **endpoint)["receiver.tls"].evidence[0]
        cured = attempt(OTEL_EXPORTER_OTLP_CERTIFICATE=str(tmp_path / "cert.pem"), **endpoint)
        assert set(cured) == {"receiver"}


@pytest.mark.usefixtures("own_bundles")
@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_a_bundle_for_which_requests_ignores_the_certificate_is_named(
    attempt: Try, tmp_path: Path, variable: str
) -> None:
    with receiver(tls=certificate(tmp_path)) as there:
        other = {variable: certifi.where(), "OTEL_EXPORTER_OTLP_CERTIFICATE": str(tmp_path / "cert.pem")}
        found = attempt(timeout=0.75, OTEL_EXPORTER_OTLP_ENDPOINT=f"https://{there.place}", **other)
    assert {code: each.severity for code, each in found.items()} == {
        "receiver.ca_bundle": WARNING,
        "receiver.tls": ERROR,
    }
    assert variable in found["receiver.ca_bundle"].title


@pytest.mark.usefixtures("own_bundles")
def test_a_certificate_file_that_is_not_there_is_a_tls_error(attempt: Try) -> None:
    found = attempt(
        timeout=0.75, OTEL_EXPORTER_OTLP_ENDPOINT="https://127.0.0.1:1", OTEL_EXPORTER_OTLP_CERTIFICATE="/no.pem"
    )
    assert "/no.pem" in found["receiver.tls"].title


def test_tls_to_a_receiver_without_it_is_a_tls_error(attempt: Try) -> None:
    with receiver() as there:
        assert set(attempt(timeout=0.75, OTEL_EXPORTER_OTLP_ENDPOINT=f"https://{there.place}")) == {"receiver.tls"}


def test_a_proxy_that_fails_is_told_apart_from_the_receiver(attempt: Try, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    proxy = f"http://127.0.0.1:{free_port()}"
    found = attempt(timeout=0.75, OTEL_EXPORTER_OTLP_ENDPOINT="http://collector.invalid:4318", HTTP_PROXY=proxy)
    assert set(found) == {"receiver.proxy"}


@pytest.mark.parametrize(
    ("code", "finding"),
    [
        ("OK", "receiver"),
        ("UNAUTHENTICATED", "receiver.unauthorized"),
        ("UNIMPLEMENTED", "receiver.path"),
        ("RESOURCE_EXHAUSTED", "receiver.unavailable"),
        ("INVALID_ARGUMENT", "receiver.rejected"),
    ],
)
def test_a_status_of_grpc_is_explained(attempt: Try, code: str, finding: str) -> None:
    with grpc_receiver(code) as place:
        found = attempt(OTEL_EXPORTER_OTLP_ENDPOINT=f"http://{place}", OTEL_EXPORTER_OTLP_PROTOCOL="grpc")
    assert set(found) == {finding}


def test_a_port_nobody_listens_on_is_refused_by_grpc_for_all_signals(attempt: Try) -> None:
    endpoint = f"http://127.0.0.1:{free_port()}"
    found = attempt(timeout=0.75, OTEL_EXPORTER_OTLP_ENDPOINT=endpoint, OTEL_EXPORTER_OTLP_PROTOCOL="grpc")
    assert "(traces, logs, metrics)" in found["receiver.refused"].title


def test_signals_that_go_to_different_receivers_are_judged_apart(attempt: Try) -> None:
    with receiver() as good, receiver(403) as bad:
        found = attempt(
            OTEL_EXPORTER_OTLP_ENDPOINT=f"http://{good.place}",
            OTEL_EXPORTER_OTLP_LOGS_ENDPOINT=f"http://{bad.place}/v1/logs",
        )
    assert "traces, metrics" in found["receiver"].title
    assert "(logs)" in found["receiver.unauthorized"].title


def test_headers_in_the_clear_to_another_machine_are_a_warning(tmp_path: Path) -> None:
    here = situation(
        tmp_path,
        offline=True,
        OTEL_EXPORTER_OTLP_ENDPOINT="http://collector.invalid:4318",
        OTEL_EXPORTER_OTLP_HEADERS="authorization=Bearer%20s3",
    )
    assert check("receiver", here)["receiver.plaintext"].severity is WARNING


def test_offline_sends_nothing(tmp_path: Path) -> None:
    with receiver() as there:
        here = situation(tmp_path, offline=True, OTEL_EXPORTER_OTLP_ENDPOINT=f"http://{there.place}")
        assert check("receiver", here)["receiver.untried"].severity is NOTE
    assert there.requests == []


def test_each_signal_is_resolved_as_the_exporters_do() -> None:
    environ = {
        "OTEL_TRACES_EXPORTER": "otlp",
        "OTEL_LOGS_EXPORTER": "otel_trading,otlp_proto_grpc",
        "OTEL_METRICS_EXPORTER": "otel_trading",
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
        "OTEL_EXPORTER_OTLP_ENDPOINT": "https://user:pw@c:4318/otlp/",
        "OTEL_EXPORTER_OTLP_LOGS_HEADERS": "b=2,a=1",
    }
    traces, logs = targets(environ)
    assert (traces.protocol, traces.endpoint) == ("http/protobuf", "https://user:pw@c:4318/otlp/v1/traces")
    assert (logs.protocol, logs.headers, logs.place) == ("grpc", ("a", "b"), "c:4318")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def certificate(folder: Path) -> ssl.SSLContext:
    """Make a certificate of 127.0.0.1 that only itself vouches for, and return a server's side of it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(timezone.utc)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(made.public_bytes(pem))
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context
