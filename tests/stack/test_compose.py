"""What ``docker-compose.yml`` promises of safety, proved from what Docker Compose makes of it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from servers.table import HERE as SERVERS
from tests.stack.rendered import REPOSITORY, SECRETS, SERVICES, VARIANTS, Service, each, rendered

# The users of the images, as their Dockerfiles have it.
USERS = {
    "folders": "10001:10001",
    "collector": "10001:10001",
    "keeper": "10001:10001",
    "loki": "10001:10001",
    "tempo": "10001:10001",
    "prometheus": "65534:65534",
    "grafana": "472:0",
}


@pytest.fixture(scope="module", params=VARIANTS)
def stack(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The stack as Compose reads it, without and with TLS: what is promised holds for both."""
    return rendered(REPOSITORY, SECRETS, *VARIANTS[request.param])


@pytest.fixture(scope="module")
def services(stack: dict[str, Any]) -> dict[str, Service]:
    found: dict[str, Service] = stack["services"]
    return found


def test_it_has_the_services_that_these_tests_know(services: dict[str, Service]) -> None:
    assert set(services) == set(SERVICES)


def test_every_image_is_pinned_to_a_version(services: dict[str, Service]) -> None:
    assert each(lambda service: re.fullmatch(r"[\w./-]+:v?\d+\.\d+[\w.-]*", service["image"]), services) == []


def test_the_versions_are_those_that_the_tests_run(services: dict[str, Service]) -> None:
    def required(folder: str, module: str) -> str:
        found = re.search(rf"^\s*(?:require )?{module} v(\S+)", (SERVERS / folder / "go.mod").read_text(), re.MULTILINE)
        assert found is not None
        return found[1]

    version = {name: service["image"].partition(":")[2].removeprefix("v") for name, service in services.items()}
    assert version["loki"] == required("loki", "github.com/grafana/loki/v3")
    # As a module, Prometheus 3.14.0 is v0.314.0.
    assert version["prometheus"] == re.sub(
        r"0\.(\d)(\d\d)", r"\1.\2", required("prometheus", "github.com/prometheus/prometheus")
    )
    assert f"otlpreceiver v{version['collector']}" in (SERVERS / "collector" / "builder.yaml").read_text()


def test_published_are_the_collectors_ports_and_grafana_on_the_loopback_address(
    services: dict[str, Service],
) -> None:
    ports = {
        (name, port["host_ip"], port["published"], port["target"])
        for name, service in services.items()
        for port in service.get("ports", [])
    }
    assert ports == {
        ("collector", "127.0.0.1", "4317", 4317),
        ("collector", "127.0.0.1", "4318", 4318),
        ("collector", "127.0.0.1", "13133", 13133),
        ("grafana", "127.0.0.1", "3000", 3000),
    }


def test_the_stores_are_on_an_internal_network_only(stack: dict[str, Any]) -> None:
    networks = {name: set(service.get("networks") or {}) for name, service in stack["services"].items()}
    assert networks == {
        "folders": set(),
        "collector": {"stores", "outside"},
        "keeper": {"stores"},
        "loki": {"stores"},
        "tempo": {"stores"},
        "prometheus": {"stores"},
        "grafana": {"stores", "outside"},
    }
    assert stack["networks"]["stores"]["internal"] is True
    assert stack["services"]["folders"]["network_mode"] == "none"


def test_nobody_is_root(services: dict[str, Service]) -> None:
    assert {name: service.get("user") for name, service in services.items()} == USERS


def test_nobody_has_or_can_get_a_capability(services: dict[str, Service]) -> None:
    def bare(service: Service) -> bool:
        raised = service.keys() & {"cap_add", "privileged", "devices", "pid", "ipc", "userns_mode", "group_add"}
        return service["cap_drop"] == ["ALL"] and service["security_opt"] == ["no-new-privileges:true"] and not raised

    assert each(bare, services) == []


def test_no_root_file_system_can_be_written(services: dict[str, Service]) -> None:
    assert each(lambda service: service["read_only"] is True, services) == []


def test_what_lies_in_memory_is_bounded(services: dict[str, Service]) -> None:
    mounts = [mount for service in services.values() for mount in service.get("tmpfs", [])]
    assert mounts
    assert all(re.search(r"[:,]size=\d+m\b", mount) for mount in mounts)


def test_grafana_lets_in_nobody_unknown_and_calls_nobody(services: dict[str, Service]) -> None:
    environment = services["grafana"]["environment"]
    assert {
        "GF_SECURITY_ADMIN_PASSWORD": "a-password",
        "GF_SECURITY_SECRET_KEY": "another-key",
        "GF_AUTH_ANONYMOUS_ENABLED": "false",
        "GF_USERS_ALLOW_SIGN_UP": "false",
        "GF_ANALYTICS_REPORTING_ENABLED": "false",
        "GF_ANALYTICS_CHECK_FOR_UPDATES": "false",
        "GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES": "false",
        "GF_NEWS_NEWS_FEED_ENABLED": "false",
        "GF_SECURITY_DISABLE_GRAVATAR": "true",
        "GF_SNAPSHOTS_EXTERNAL_ENABLED": "false",
    }.items() <= environment.items()


def test_grafana_keeps_the_data_sources_of_its_image(services: dict[str, Service]) -> None:
    # On a read-only file system an update of a bundled plugin fails after it was stopped, and it stays away.
    assert services["grafana"]["environment"]["GF_PLUGINS_PREINSTALL_DISABLED"] == "true"
    assert services["grafana"]["environment"]["GF_PLUGINS_PREINSTALL_AUTO_UPDATE"] == "false"


def test_a_secret_goes_to_the_one_service_that_needs_it(services: dict[str, Service]) -> None:
    holders = {
        secret: {name for name, service in services.items() if value in (service.get("environment") or {}).values()}
        for secret, value in SECRETS.items()
    }
    assert holders == {
        "OTLP_TOKEN": {"collector"},
        "REDACTION_KEY": {"collector"},
        "GRAFANA_PASSWORD": {"grafana"},
        "GRAFANA_SECRET_KEY": {"grafana"},
    }
