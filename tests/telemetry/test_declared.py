"""The exporters that a configuration file describes: of the stock classes, with what the file says of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import grpc  # type: ignore[import-untyped] # its stubs are a package of their own
import pytest
import yaml
from opentelemetry.configuration import load_config_file
from opentelemetry.exporter.otlp.proto.http import Compression

from otel_trading.telemetry.declared import Exporter, exporter, kinds
from otel_trading.telemetry.store.exporter import StoreLogExporter, StoreMetricExporter, StoreSpanExporter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Read = Callable[..., Any]

OTLP = {"otlp_http": "opentelemetry.exporter.otlp.proto.http", "otlp_grpc": "opentelemetry.exporter.otlp.proto.grpc"}


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Return what stands under ``exporter:`` of each signal, as OpenTelemetry's package reads it."""

    def read(found: dict[str, Any], signal: str = "traces") -> Any:
        file = tmp_path / "otel.yaml"
        batch = [{"batch": {"exporter": found}}]
        file.write_text(
            yaml.safe_dump(
                {
                    "file_format": "1.0",
                    "tracer_provider": {"processors": batch},
                    "logger_provider": {"processors": batch},
                    "meter_provider": {"readers": [{"periodic": {"exporter": found}}]},
                }
            )
        )
        model: Any = load_config_file(file)
        if signal == "metrics":
            return model.meter_provider.readers[0].periodic.exporter
        provider = model.tracer_provider if signal == "traces" else model.logger_provider
        return provider.processors[0].batch.exporter

    return read


def made(read: Read, kind: str, signal: str = "traces", **said: Any) -> Exporter:
    return exporter(signal, read({kind: said}, signal))


@pytest.mark.parametrize("signal", ["traces", "logs", "metrics"])
@pytest.mark.parametrize("kind", ["otlp_http", "otlp_grpc"])
def test_an_otlp_exporter_is_the_stock_one(read: Read, kind: str, signal: str) -> None:
    make = made(read, kind, signal, endpoint="http://collector.example:4318/x", timeout=2500)
    found = make()

    assert type(found).__module__.startswith(OTLP[kind])
    assert "collector.example:4318" in found._endpoint
    assert make.arguments["timeout"] == 2.5
    found.shutdown()


@pytest.mark.parametrize(
    ("signal", "kind"),
    [("traces", StoreSpanExporter), ("logs", StoreLogExporter), ("metrics", StoreMetricExporter)],
)
def test_the_local_store_is_an_exporter_of_the_file(read: Read, signal: str, kind: type) -> None:
    config = read({"otel_trading": None}, signal)

    assert kinds(config) == ["otel_trading"]
    assert type(exporter(signal, config)()) is kind


@pytest.mark.parametrize("signal", ["traces", "logs", "metrics"])
def test_the_console_is_an_exporter_of_the_file(read: Read, signal: str) -> None:
    assert type(made(read, "console", signal)()).__name__.startswith("Console")


def test_headers_are_sent_as_the_file_has_them_and_pairs_win_over_the_list(read: Read) -> None:
    pairs = [{"name": "authorization", "value": "Bearer a,b"}, {"name": "x-empty", "value": None}]
    said = made(read, "otlp_http", headers=pairs, headers_list="authorization=old, x-desk=a%20b,broken").arguments

    assert said["headers"] == {"authorization": "Bearer a,b", "x-desk": "a b", "x-empty": ""}


def test_what_the_file_does_not_say_is_left_to_the_exporter(read: Read) -> None:
    assert set(made(read, "otlp_http").arguments.values()) == {None}
    assert set(made(read, "otlp_grpc").arguments.values()) == {None}


@pytest.mark.parametrize(("word", "expected"), [("gzip", Compression.Gzip), ("none", Compression.NoCompression)])
def test_compression_is_as_the_file_says(read: Read, word: str, expected: Compression) -> None:
    assert made(read, "otlp_http", compression=word).arguments["compression"] is expected


def test_certificates_of_the_file_are_used_by_http(read: Read) -> None:
    tls = {"ca_file": "/etc/ca.pem", "key_file": "/etc/key.pem", "cert_file": "/etc/cert.pem"}
    said = made(read, "otlp_http", tls=tls).arguments

    assert (said["certificate_file"], said["client_key_file"], said["client_certificate_file"]) == (
        "/etc/ca.pem",
        "/etc/key.pem",
        "/etc/cert.pem",
    )


def test_certificates_of_the_file_are_used_by_grpc(read: Read, tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_text("-----BEGIN CERTIFICATE-----")
    said = made(read, "otlp_grpc", tls={"ca_file": str(file)}).arguments

    assert said["insecure"] is False
    assert isinstance(said["credentials"], grpc.ChannelCredentials)
    with pytest.raises(OSError, match=r"missing\.pem"):
        made(read, "otlp_grpc", tls={"ca_file": str(tmp_path / "missing.pem")})


def test_grpc_in_the_clear_is_as_the_file_says(read: Read) -> None:
    assert made(read, "otlp_grpc", tls={"insecure": True}).arguments["insecure"] is True


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ({"zipkin": {}}, "no exporter 'zipkin' of traces is installed"),
        ({"otlp_http": {"compression": "zstd"}}, "compression: 'zstd' is none that there is"),
        ({"otlp_http": {"encoding": "json"}}, "encoding: json is not what the exporter sends: it takes protobuf"),
        ({"otlp_file/development": {}}, "needs opentelemetry-exporter-otlp-json-file, which is not installed"),
        ({"otlp_file/development": {"output_stream": "ftp://x"}}, "output_stream: 'ftp://x' takes stdout"),
    ],
)
def test_what_cannot_be_had_is_told_with_its_remedy(read: Read, found: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        exporter("traces", read(found))


def test_each_call_makes_another_exporter_with_the_same_arguments(read: Read) -> None:
    make = made(read, "otlp_http", endpoint="http://collector.example/x")
    first, second = make(), make()

    assert first is not second
    assert first._endpoint == second._endpoint == "http://collector.example/x"
