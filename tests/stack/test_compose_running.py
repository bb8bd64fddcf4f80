"""What ``docker-compose.yml`` promises of running: health, order, memory, restarts, logs."""

from __future__ import annotations

import re

import pytest

from tests.stack.rendered import ONE_SHOT, REPOSITORY, SECRETS, SERVICES, VARIANTS, Service, each, rendered

# What there is to run in each image: Loki's and Tempo's are distroless, the Collector's holds its program only.
PROGRAMS = {
    "collector": {"/otelcol-contrib"},
    "keeper": {"python"},
    "loki": {"/usr/bin/loki"},
    "tempo": {"/tempo"},
    "prometheus": {"/bin/promtool"},
    "grafana": {"wget"},
}


@pytest.fixture(scope="module", params=VARIANTS)
def services(request: pytest.FixtureRequest) -> dict[str, Service]:
    """The services as Compose reads them, without and with TLS: what is promised holds for both."""
    found: dict[str, Service] = rendered(REPOSITORY, SECRETS, *VARIANTS[request.param])["services"]
    return found


def test_memory_and_processes_are_bounded(services: dict[str, Service]) -> None:
    assert each(lambda service: 0 < int(service["mem_limit"]) <= 2 * 1024**3, services) == []
    assert each(lambda service: 0 < service["pids_limit"] <= 1024, services) == []


def test_gos_memory_goal_is_four_fifths_of_the_limit(services: dict[str, Service]) -> None:
    def share(service: Service) -> float:
        goal = re.fullmatch(r"(\d+)MiB", service["environment"]["GOMEMLIMIT"])
        assert goal is not None
        return int(goal[1]) * 1024**2 / int(service["mem_limit"])

    servers = {name: service for name, service in services.items() if name != "keeper"}  # which is Python
    assert each(lambda service: 0.78 < share(service) <= 0.8, servers) == []


def test_every_service_has_a_health_check_that_its_image_can_run(services: dict[str, Service]) -> None:
    tests = {name: service["healthcheck"].get("test") for name, service in services.items() if name != ONE_SHOT}
    assert {name: test[0] for name, test in tests.items()} == dict.fromkeys(tests, "CMD")  # no shell
    assert [name for name, test in tests.items() if test[1] not in PROGRAMS[name]] == []


def test_health_checks_are_quick_to_see_a_start_and_patient_with_a_slow_one(
    services: dict[str, Service],
) -> None:
    checks = {name: service["healthcheck"] for name, service in services.items() if name != ONE_SHOT}
    assert {check["start_interval"] for check in checks.values()} == {"2s"}
    assert {check["start_period"] for check in checks.values()} == {"2m0s"}
    assert {check["timeout"] for check in checks.values()} == {"10s"}


def test_only_the_container_that_ends_has_no_health_check(services: dict[str, Service]) -> None:
    assert [name for name, service in services.items() if service["healthcheck"].get("disable")] == [ONE_SHOT]


def test_what_reads_a_file_waits_for_who_writes_it_and_rules_for_their_stores(
    services: dict[str, Service],
) -> None:
    waits = {
        name: {other: how["condition"] for other, how in service.get("depends_on", {}).items()}
        for name, service in services.items()
    }
    assert waits == {
        "folders": {},
        "collector": {"folders": "service_completed_successfully"},  # and for no store
        "keeper": {"folders": "service_completed_successfully"},
        "loki": {"keeper": "service_healthy"},
        "tempo": {"keeper": "service_healthy"},
        "prometheus": {},
        "grafana": dict.fromkeys(("loki", "tempo", "prometheus"), "service_healthy"),
    }


def test_all_but_the_container_that_ends_come_back_after_a_crash(services: dict[str, Service]) -> None:
    assert {name: service["restart"] for name, service in services.items()} == {
        name: "no" if name == ONE_SHOT else "unless-stopped" for name in SERVICES
    }


def test_whoever_holds_data_in_memory_is_given_time_to_write_it(services: dict[str, Service]) -> None:
    given = {name: services[name]["stop_grace_period"] for name in ("collector", "loki", "tempo", "prometheus")}
    assert given == {"collector": "30s", "loki": "1m0s", "tempo": "1m0s", "prometheus": "1m0s"}


def test_the_logs_of_containers_are_bounded(services: dict[str, Service]) -> None:
    bounded = {"driver": "json-file", "options": {"max-size": "10m", "max-file": "3"}}
    assert each(lambda service: service["logging"] == bounded, services) == []
