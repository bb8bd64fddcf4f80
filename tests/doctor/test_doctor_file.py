"""The doctor of a bot that is set up by a configuration file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from otel_trading.doctor import examine
from tests.doctor.receivers import grpc_receiver, receiver
from tests.doctor.ward import ERROR, OK, WARNING, check, situation

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from otel_trading.doctor import Situation

    Here = Callable[[str], Situation]

HEAD = 'file_format: "1.0"\n'
STORED = (
    HEAD
    + "distribution: {otel_trading: {strategy: grid}}\n"
    + "".join(
        f"{provider}: {{processors: [{{batch: {{exporter: {{otel_trading: }}}}}}]}}\n"
        for provider in ("tracer_provider", "logger_provider")
    )
    + "meter_provider: {readers: [{periodic: {exporter: {otel_trading: }}}]}\n"
)


@pytest.fixture
def here(tmp_path: Path) -> Here:
    """Return the situation of a bot with this file."""

    def make(text: str) -> Situation:
        file = tmp_path / "otel.yaml"
        file.write_text(text, encoding="utf-8")
        return situation(tmp_path / "store", {"OTEL_CONFIG_FILE": str(file)})

    return make


def traces(exporter: str) -> str:
    return f"{HEAD}tracer_provider: {{processors: [{{simple: {{exporter: {{{exporter}}}}}}}]}}\n"


@pytest.mark.parametrize("name", ["sdk", "settings", "exporters", "sampling", "receiver"])
def test_a_file_that_is_well_is_fine(here: Here, name: str) -> None:
    assert {found.severity for found in check(name, here(STORED)).values()} == {OK}


def test_a_file_that_cannot_be_used_is_an_error_that_says_where_telemetry_goes(here: Here) -> None:
    found = check("sdk", here("file_format: ["))["sdk.config_file"]
    assert found.severity is ERROR
    assert found.title == "OTEL_CONFIG_FILE cannot be used: telemetry goes to the local store alone"
    assert "Failed to parse YAML" in found.evidence[0]
    assert check("exporters", here("file_format: ["))["exporters"].title == "Telemetry goes to: otel_trading"


def test_a_file_that_says_disabled_is_an_error(here: Here) -> None:
    assert check("sdk", here(f"disabled: true\n{STORED}"))["sdk.disabled"].severity is ERROR


@pytest.mark.parametrize("node", ["otel_trading: {queue_size: many}", "otel_trading: {queu: 1}", "otel-trading: {}"])
def test_a_key_of_ours_that_is_wrong_is_a_warning(here: Here, node: str) -> None:
    found = check("settings", here(f"{HEAD}distribution: {{{node}}}"))
    assert {code: each.severity for code, each in found.items()} == {"settings.file": WARNING}
    assert "otel.yaml: distribution." in found["settings.file"].title


def test_a_signal_that_the_file_has_no_provider_for_is_a_warning(here: Here) -> None:
    found = check("exporters", here(STORED.replace("tracer_provider", "x-tracer_provider")))
    assert set(found) == {"exporters.none"}
    assert "names no exporter under tracer_provider" in found["exporters.none"].title


def test_an_exporter_that_cannot_be_had_is_a_warning(here: Here) -> None:
    found = check("exporters", here(STORED + traces("zipkin: ").removeprefix(HEAD).replace("tracer_", "x-tracer_")))
    assert set(found) == {"exporters"}
    found = check("exporters", here(STORED.replace("otel_trading: }", "zipkin: }", 1)))
    assert found["exporters.unusable"].title == (
        "The exporter 0 of tracer_provider is left out: no exporter 'zipkin' of traces is installed"
    )


@pytest.mark.parametrize(
    ("sampler", "severity"),
    [
        ("{always_on: }", OK),
        ("{parent_based: {root: {always_on: }}}", OK),
        ("{always_off: }", ERROR),
        ("{parent_based: {root: {trace_id_ratio_based: {ratio: 0.1}}}}", WARNING),
    ],
)
def test_a_sampler_of_the_file_that_leaves_orders_out_is_found(here: Here, sampler: str, severity: object) -> None:
    text = f"{HEAD}tracer_provider: {{sampler: {sampler}, processors: [{{batch: {{exporter: {{otel_trading: }}}}}}]}}"
    (found,) = check("sampling", here(text)).values()
    assert found.severity is severity
    assert (found.code == "sampling.partial") is (severity is not OK)


def test_a_test_record_goes_to_the_receiver_of_the_file_with_its_headers(here: Here) -> None:
    with receiver() as there:
        text = (
            f'otlp_http: {{endpoint: "http://{there.place}/v1/traces", headers: [{{name: x-desk, value: secret-7}}]}}'
        )
        found = check("receiver", here(traces(text)))
    assert {code: each.severity for code, each in found.items()} == {"receiver": OK}
    ((path, headers, _),) = there.requests
    assert (path, headers["x-desk"]) == ("/v1/traces", "secret-7")


def test_a_test_record_goes_to_the_grpc_receiver_of_the_file(here: Here) -> None:
    with grpc_receiver() as place:
        found = check("receiver", here(traces(f'otlp_grpc: {{endpoint: "http://{place}"}}')))
    assert {code: each.severity for code, each in found.items()} == {"receiver": OK}


def test_no_secret_of_the_file_is_shown(here: Here) -> None:
    with receiver(status=404) as there:
        endpoint = f"http://{there.place}/secret-7/hash-key-of-mine"
        text = f'otlp_http: {{endpoint: "{endpoint}", headers: [{{name: x-desk, value: secret-7}}]}}'
        findings = examine(here(traces(text) + "distribution: {otel_trading: {hash_key: hash-key-of-mine}}"))
    told = repr(findings)
    assert "/***/***: HTTP 404" in told
    assert "secret-7" not in told
    assert "hash-key-of-mine" not in told
