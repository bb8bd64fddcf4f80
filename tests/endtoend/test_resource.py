"""What a bot leaves says which bot it was, and one distribution is loaded without a word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from otel_trading.version import __version__
from tests.endtoend.programs import ONE_ORDER

if TYPE_CHECKING:
    from tests.endtoend.bots import Bots, Ended


def only_resource(ended: Ended) -> dict[str, Any]:
    found = ended.store.resources()
    assert all(resource == found[0] for resource in found)
    return found[0]


def test_a_bot_is_named_after_its_script(bots: Bots) -> None:
    ended = bots.run(ONE_ORDER, name="grid_btc")

    resource = only_resource(ended)
    assert resource["service.name"] == "grid_btc"
    assert resource["telemetry.distro.name"] == "otel-trading"
    assert resource["telemetry.distro.version"] == __version__
    assert {"service.instance.id", "host.name", "process.pid", "os.type"} <= resource.keys()
    assert not {"process.command_args", "process.command_line", "process.owner"} & resource.keys()
    assert ended.store.services() == ["grid_btc"]


def test_the_name_that_the_user_gave_stands(bots: Bots) -> None:
    environ = {
        "OTEL_SERVICE_NAME": "desk-7",
        "OTEL_RESOURCE_ATTRIBUTES": "service.name=other,deployment.environment.name=prod",
    }

    resource = only_resource(bots.run(ONE_ORDER, environ, name="grid_btc"))

    assert resource["service.name"] == "desk-7"
    assert resource["deployment.environment.name"] == "prod"


def test_secrets_in_resource_attributes_are_masked(bots: Bots) -> None:
    resource = only_resource(bots.run(ONE_ORDER, {"OTEL_RESOURCE_ATTRIBUTES": "api_key=very-private,desk=7"}))

    assert (resource["api_key"], resource["desk"]) == ("***", "7")


def test_the_distribution_loads_without_a_word(bots: Bots) -> None:
    ended = bots.run("from opentelemetry import trace\nprint(type(trace.get_tracer_provider()).__module__)")

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "opentelemetry.sdk.trace\n", "")
