"""What ``docker-compose.yml`` mounts where, and to whom it belongs."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.stack.rendered import ONE_SHOT, REPOSITORY, SECRETS, VARIANTS, Service, rendered

# Folders that an image holds for its user: Docker gives a new volume that is mounted there to that user.
OWNED_BY_THE_IMAGES_USER = {
    "folders": {"/loki/rules", "/loki/rules-temp"},
    "loki": {"/loki"},
    "tempo": {"/var/tempo"},
    "prometheus": {"/prometheus"},
    "grafana": {"/var/lib/grafana"},
}


@pytest.fixture(scope="module", params=VARIANTS)
def stack(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The stack as Compose reads it, without and with TLS: what is promised holds for both."""
    return rendered(REPOSITORY, SECRETS, *VARIANTS[request.param])


@pytest.fixture(scope="module")
def services(stack: dict[str, Any]) -> dict[str, Service]:
    found: dict[str, Service] = stack["services"]
    return found


def test_files_of_this_machine_are_mounted_read_only_and_never_made(services: dict[str, Service]) -> None:
    binds = [mount for service in services.values() for mount in service["volumes"] if mount["type"] == "bind"]
    assert binds
    assert [mount for mount in binds if not mount.get("read_only")] == []
    # Compose would make an empty folder of root's for a file that is missing.
    assert [mount for mount in binds if mount["bind"].get("create_host_path", True)] == []


def test_every_configuration_file_that_is_named_is_there(services: dict[str, Service]) -> None:
    named = []
    for service in services.values():
        words = [*(service.get("command") or []), *service["healthcheck"].get("test", [])]
        for mount in service["volumes"]:
            if mount["type"] == "bind":
                inside = re.compile(rf"(?:^|=){re.escape(mount['target'])}/(\S+)")
                named += [f"{mount['source']}/{found[1]}" for word in words if (found := inside.search(word))]
    assert {path.removeprefix(f"{REPOSITORY}/") for path in named} >= {
        "collector/cleaning.yaml",
        "collector/collector.yaml",
        "collector/health.yaml",
        "keeper/keeper.py",
        "loki/loki.yaml",
        "prometheus/prometheus.yml",
        "tempo/tempo.yaml",
    }
    assert [path for path in named if not (REPOSITORY / path).is_file()] == []


def test_each_volume_has_one_writer_and_the_keeper_that_mends_the_queue(stack: dict[str, Any]) -> None:
    writers: dict[str, list[str]] = {}
    for name, service in stack["services"].items():
        for mount in service["volumes"]:
            if mount["type"] == "volume" and not mount.get("read_only") and name != ONE_SHOT:
                writers.setdefault(mount["source"], []).append(name)
    assert writers == {
        "collector-queue": ["collector", "keeper"],
        "keeper-limits": ["keeper"],
        "loki-data": ["loki"],
        "tempo-data": ["tempo"],
        "prometheus-data": ["prometheus"],
        "grafana-data": ["grafana"],
    }
    assert {volume["name"] for volume in stack["volumes"].values()} == {f"otel-trading_{name}" for name in writers}


def test_each_volume_belongs_to_the_user_that_writes_it(services: dict[str, Service]) -> None:
    def owner(volume: str) -> set[str]:
        """Return the users that Docker gives a new volume to."""
        return {
            str(service["user"])
            for name, service in services.items()
            for mount in service["volumes"]
            if mount["source"] == volume and mount["target"] in OWNED_BY_THE_IMAGES_USER.get(name, set())
        }

    for name, service in services.items():
        for mount in service["volumes"]:
            if mount["type"] == "volume" and not mount.get("read_only"):
                assert owner(mount["source"]) == {service["user"]}, f"{name} {mount['target']}"


def test_the_keeper_sees_the_folders_that_the_stores_write(services: dict[str, Service]) -> None:
    places = {
        name: {mount["source"]: mount["target"] for mount in services[name]["volumes"] if mount["type"] == "volume"}
        for name in ("keeper", "loki", "tempo")
    }
    environment = {name: services[name]["environment"] for name in places}
    for store in ("loki", "tempo"):
        upper = store.upper()
        assert places["keeper"][f"{store}-data"] == environment["keeper"][f"{upper}_DATA"]
        assert places[store][f"{store}-data"] == environment[store][f"{upper}_DATA"]
        assert environment["keeper"][f"{upper}_RUNTIME"] == environment[store][f"{upper}_RUNTIME"]
        assert places["keeper"]["keeper-limits"] == places[store]["keeper-limits"]
        assert environment["keeper"][f"{upper}_RETENTION"] == environment[store][f"{upper}_RETENTION"]
