"""The keeper's files for Loki and Tempo, and that what it takes for granted of them stands in their configurations."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from keeper import overrides, settings
from keeper.policy import State

if TYPE_CHECKING:
    from keeper.settings import Store

REPOSITORY = Path(__file__).resolve().parents[2]
HOUR = 3600
MB = 2**20
NOW = 1_800_000_000.0


def read(text: str, tenant: str) -> dict[str, Any]:
    document = yaml.safe_load(text)
    assert list(document) == ["overrides"]
    assert list(document["overrides"]) == [tenant]
    found: dict[str, Any] = document["overrides"][tenant]
    return found


def test_loki_is_told_its_retention_and_nothing_else() -> None:
    assert read(overrides.loki(State(37 * HOUR), NOW), "fake") == {"retention_period": "37h"}


def test_loki_is_told_its_pace_and_the_burst_that_goes_with_it() -> None:
    told = read(overrides.loki(State(37 * HOUR, pace=2**19), NOW), "fake")

    assert told == {"retention_period": "37h", "ingestion_rate_mb": 0.5, "ingestion_burst_size_mb": 32}


@pytest.fixture
def stores(tmp_path: Path) -> dict[str, Store]:
    """Both stores with the defaults of everything that has one."""
    told = {"DATA": str(tmp_path), "RUNTIME": str(tmp_path / "told.yaml"), "MAX_BYTES": "10GB"}
    environment = {f"{store}_{name}": value for store in ("LOKI", "TEMPO") for name, value in told.items()}
    return {store.name: store for store in settings.read(environment).stores}


def configuration(store: str) -> str:
    return (REPOSITORY / store / f"{store}.yaml").read_text()


def minutes(store: str, name: str) -> int:
    """The default of a variable of the server's configuration."""
    found = re.search(rf"\$\{{{name}:-(\d+)m\}}", configuration(store))
    assert found is not None, name
    return int(found[1])


def test_the_paces_of_the_servers_own_configurations_are_known(stores: dict[str, Store]) -> None:
    limits = yaml.safe_load(configuration("loki"))["limits_config"]
    ingestion = yaml.safe_load(configuration("tempo"))["overrides"]["defaults"]["ingestion"]

    assert stores["loki"].fastest == limits["ingestion_rate_mb"] * MB
    assert stores["tempo"].fastest == ingestion["rate_limit_bytes"]


def test_a_lag_covers_what_the_servers_need_by_their_own_configurations(stores: dict[str, Store]) -> None:
    # Loki applies retention half as often again as it compacts, and sweeps each minute.
    loki = 1.5 * minutes("loki", "LOKI_COMPACTION_INTERVAL") + minutes("loki", "LOKI_DELETE_DELAY") + 1
    # Tempo marks with one job and deletes with a later one, after the delay.
    tempo = 2 * minutes("tempo", "TEMPO_RETENTION_INTERVAL") + minutes("tempo", "TEMPO_DELETE_DELAY")

    assert loki * 60 <= stores["loki"].lag <= 1.3 * loki * 60
    assert tempo * 60 <= stores["tempo"].lag <= 1.3 * tempo * 60


def test_tempo_is_told_its_pace_and_keeps_its_other_limits() -> None:
    told = read(overrides.tempo(State(37 * HOUR, pace=2**22), NOW), "single-tenant")

    assert told["ingestion"]["rate_limit_bytes"] == 2**22
    assert told["ingestion"]["burst_size_bytes"] == 2**25
    assert told["metrics_generator"]["processors"] == ["service-graphs"]


def test_loki_refuses_for_a_quarter_of_an_hour_at_most_and_asks_to_try_again() -> None:
    told = read(overrides.loki(State(HOUR, pace=0), NOW), "fake")

    assert told["block_ingestion_status_code"] == 429
    assert told["block_ingestion_until"] == "2027-01-15T08:15:00Z"  # NOW is 08:00


def test_a_refusal_that_lasts_is_not_written_anew_each_round() -> None:
    texts = {overrides.loki(State(HOUR, pace=0), NOW + second) for second in range(0, 900, 30)}

    assert len(texts) == 3


def test_tempo_is_told_every_limit_of_its_own_configuration() -> None:
    # An override takes the place of all defaults; what it leaves out would be zero.
    defaults = yaml.safe_load((REPOSITORY / "tempo" / "tempo.yaml").read_text())["overrides"]["defaults"]
    told = read(overrides.tempo(State(37 * HOUR), NOW), "single-tenant")

    for group, limits in defaults.items():
        for limit, value in limits.items():
            assert told[group][limit] == value, f"{group}.{limit}"
    assert told["ingestion"]["retry_info_enabled"] is True
    assert told["compaction"] == {"block_retention": "37h"}


def test_tempo_refuses_by_its_rate_limit_and_says_when_to_try_again() -> None:
    told = read(overrides.tempo(State(HOUR, pace=0), NOW), "single-tenant")

    ingestion = told["ingestion"]
    assert (ingestion["rate_limit_bytes"], ingestion["burst_size_bytes"], ingestion["retry_info_enabled"]) == (
        1,
        1,
        True,
    )


@pytest.mark.parametrize(
    ("seconds", "text"), [(45, "45s"), (3600, "1h"), (5400, "1h30m"), (133200, "37h"), (3661, "1h1m1s")]
)
def test_durations_are_written_as_both_servers_read_them(seconds: int, text: str) -> None:
    assert overrides.duration(seconds) == text
