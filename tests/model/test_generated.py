"""What is generated is up to date, complete, and keeps the promises the registry makes."""

from __future__ import annotations

import enum
import subprocess
import sys
from typing import TYPE_CHECKING, Any, cast

import pytest

import model
from model import generate, outside
from model.__main__ import main
from model.names import constant, prometheus
from otel_trading import semconv
from otel_trading.semconv import attributes, events, metrics, spans
from otel_trading.semconv.instrument import Instrument
from otel_trading.semconv.span_type import SpanType

if TYPE_CHECKING:
    from pathlib import Path

REGISTRY = model.load()
INSTRUMENTS = {value.name: value for value in vars(metrics).values() if isinstance(value, Instrument)}
ENUMS = [value for value in vars(attributes).values() if isinstance(value, type) and issubclass(value, enum.Enum)]
ENUMS = [value for value in ENUMS if value is not enum.Enum]


@pytest.mark.parametrize(("path", "content"), generate.files(REGISTRY).items())
def test_a_generated_file_is_what_the_generator_writes_now(path: str, content: str) -> None:
    assert (generate.ROOT / path).read_text(encoding="utf-8") == content, "stale: run python -m model"


def test_generated_code_is_laid_out_as_the_formatter_lays_it_out(tmp_path: Path) -> None:
    generate.write(REGISTRY, tmp_path)
    command = [sys.executable, "-m", "ruff", "format", "--no-cache", "--diff"]
    command += ["--config", str(generate.ROOT / "pyproject.toml"), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # our own command
    assert done.returncode == 0, done.stdout


def test_every_generated_file_says_that_it_is_generated() -> None:
    for path, content in generate.files(REGISTRY).items():
        assert "Generated from the registry in model/" in content.split('"""\n')[0][:400], path


def test_the_page_mentions_every_name_of_the_registry_in_both_spellings() -> None:
    page = generate.files(REGISTRY)["docs/telemetry.md"]
    names = [attribute.key for attribute in REGISTRY.attributes]
    names += [signal.name for signal in REGISTRY.signals()]
    names += [group.id for group in REGISTRY.groups]
    names += [prometheus(metric) for metric in REGISTRY.metrics]
    names += [member.value for attribute in REGISTRY.attributes for member in attribute.members]
    assert [name for name in names if f"`{name}`" not in page] == []


@pytest.mark.parametrize(
    ("module", "names"),
    [
        (attributes, [attribute.key for attribute in REGISTRY.attributes]),
        (events, [event.name for event in REGISTRY.events]),
    ],
)
def test_a_module_has_a_constant_for_every_name_and_no_other(module: Any, names: list[str]) -> None:
    found = {key: value for key, value in vars(module).items() if key.isupper() and isinstance(value, str)}
    assert found == {constant(name): name for name in names}


def test_the_module_of_spans_has_every_span_type_with_its_kind_and_name() -> None:
    found = {key: value for key, value in vars(spans).items() if isinstance(value, SpanType)}
    assert found == {
        constant(span.name): SpanType(span.name, cast("Any", span.kind), span.span_name) for span in REGISTRY.spans
    }


def test_a_span_is_named_after_its_attributes() -> None:
    given = {attributes.TRADING_VENUE: "binance", attributes.TRADING_OPERATION: "fetch_ticker"}
    assert spans.TRADING_QUERY.named(given) == "fetch_ticker binance"
    assert spans.TRADING_ORDER_SUBMIT.named({}) == "submit_order"


@pytest.mark.parametrize("metric", REGISTRY.metrics, ids=lambda metric: metric.name)
def test_an_instrument_says_what_its_metric_says(metric: model.Metric) -> None:
    assert getattr(metrics, constant(metric.name)) == Instrument(
        name=metric.name,
        kind=metric.kind,  # type: ignore[arg-type]  # a word of the registry, which the loader has checked
        unit=metric.unit,
        description=metric.brief,
        attributes=tuple(ref.key for ref in REGISTRY.refs(metric)),
        buckets=metric.buckets,
    )


def test_no_metric_carries_an_order_id() -> None:
    ids = {attributes.TRADING_ORDER_CLIENT_ID, attributes.TRADING_ORDER_ID, attributes.TRADING_EXECUTION_ID}
    ids |= {attributes.TRADING_ORDER_ORIGINAL_CLIENT_ID, attributes.TRADING_ORDER_RELATED_IDS}
    assert len(INSTRUMENTS) == len(REGISTRY.metrics)
    assert [instrument.name for instrument in INSTRUMENTS.values() if ids.intersection(instrument.attributes)] == []


def test_spans_and_order_events_carry_the_order_ids() -> None:
    of_one_order = [
        signal
        for signal in (*REGISTRY.spans, *REGISTRY.events)
        if signal.name.startswith("trading.order") and not signal.name.endswith(("_batch", "_all"))
    ]
    assert len(of_one_order) > 15
    for signal in of_one_order:
        keys = {ref.key for ref in REGISTRY.refs(signal)}
        assert {attributes.TRADING_ORDER_CLIENT_ID, attributes.TRADING_ORDER_ID} <= keys, signal.name


@pytest.mark.parametrize("values", ENUMS, ids=lambda values: values.__name__)
def test_an_enum_has_distinct_values(values: type[enum.Enum]) -> None:
    # Two members of one value would be one member with an alias.
    assert [member.name for member in values] == list(values.__members__)
    assert len(values) > 1


def test_every_enum_attribute_has_a_class_of_its_values() -> None:
    modelled = {attribute.key: attribute for attribute in REGISTRY.attributes if attribute.members}
    assert len(ENUMS) == len(modelled)
    for attribute in modelled.values():
        assert [member.value for member in attribute.members] in [[value.value for value in e] for e in ENUMS]


def test_the_previous_status_has_the_members_of_the_status() -> None:
    assert [member.value for member in attributes.TradingOrderStatusValues] == [
        member.value for member in attributes.TradingOrderPreviousStatusValues
    ]


def test_the_schema_url_is_that_of_the_manifest() -> None:
    assert REGISTRY.manifest.schema_url == semconv.SCHEMA_URL


def test_every_listed_attribute_of_opentelemetry_is_referred_to() -> None:
    used = {ref.key for signal in REGISTRY.signals() for ref in REGISTRY.refs(signal)}
    assert used & outside.ATTRIBUTES.keys() == outside.ATTRIBUTES.keys()


def test_the_command_writes_what_is_missing_and_is_content_afterwards(tmp_path: Path) -> None:
    assert main(["--root", str(tmp_path), "--check"]) == 1
    assert main(["--root", str(tmp_path)]) == 0
    assert main(["--root", str(tmp_path), "--check"]) == 0


def test_the_check_names_the_stale_file_and_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--root", str(tmp_path)])
    stale = tmp_path / "otel_trading/semconv/spans.py"
    stale.write_text("edited by hand", encoding="utf-8")
    assert main(["--root", str(tmp_path), "--check"]) == 1
    assert capsys.readouterr().err == "otel_trading/semconv/spans.py is stale: run python -m model\n"
    assert stale.read_text(encoding="utf-8") == "edited by hand"


def test_the_command_tells_what_is_wrong_with_a_registry(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--model", str(tmp_path)]) == 1
    assert capsys.readouterr().err == "manifest.yaml: the file: is missing - say there who this registry is\n"
