"""The whole stack on free ports of this machine, each server with the files and options that Compose gives it."""

from __future__ import annotations

import secrets
import sys
from typing import TYPE_CHECKING

from tests.stack.harness.built import built
from tests.stack.harness.ports import free_port
from tests.stack.harness.process import Process
from tests.stack.harness.receiving import receiving_end
from tests.stack.harness.services import service
from tests.stack.rendered import SECRETS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType

    from typing_extensions import Self

    from tests.stack.harness.receiving import ReceivingEnd

HOST = "127.0.0.1"
OFTEN = {"SCRAPE_INTERVAL": "2s", "SPAN_METRICS_INTERVAL": "1s"}
"""What the servers are given so that a test, or a night, may be short."""


class Stack:
    """Keeper, Collector, Loki, Prometheus, and a receiver of traces in Tempo's place; nothing runs before ``start``.

    ``settings`` are variables of ``.env``, ``environment`` what a server's configuration takes from its environment
    beyond that (a shorter interval, say). Data lies in ``folder / "volumes"``, each server's output in
    ``folder / "NAME.log"``.
    """

    def __init__(
        self, folder: Path, settings: Mapping[str, str] | None = None, environment: Mapping[str, str] | None = None
    ) -> None:
        self.folder = folder
        self.volumes = folder / "volumes"
        self.token = secrets.token_urlsafe(24)
        self._settings = {
            **{name: secrets.token_hex(32) for name in SECRETS},
            "OTLP_TOKEN": self.token,
            **(settings or {}),
        }
        self._environment = dict(environment or {})
        self.otlp_grpc = f"{HOST}:{free_port()}"
        self.otlp_http = f"http://{HOST}:{free_port()}"
        self.health_url = f"http://{HOST}:{free_port()}"
        self.collector_metrics_url = f"http://{HOST}:{free_port()}"
        self.loki_url = f"http://{HOST}:{free_port()}"
        self.prometheus_url = f"http://{HOST}:{free_port()}"
        self.keeper_url = f"http://{HOST}:{free_port()}"
        self.memory_limits: dict[str, int] = {}
        self.tempo: ReceivingEnd = receiving_end(folder / "tempo")
        self.keeper = self._keeper()
        self.loki = self._loki()
        self.prometheus = self._prometheus()
        self.collector = self._collector()

    @property
    def headers(self) -> dict[str, str]:
        """What a bot's exporter sends with each request."""
        return {"authorization": f"Bearer {self.token}"}

    @property
    def bot_environment(self) -> dict[str, str]:
        """The variables that ``otel-trading init`` prints for the bot."""
        return {
            "OTEL_EXPORTER_OTLP_ENDPOINT": self.otlp_http,
            "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
            "OTEL_EXPORTER_OTLP_HEADERS": f"authorization=Bearer%20{self.token}",
        }

    def start(self) -> None:
        self.keeper.start()  # Loki doesn't start without the file that the keeper writes
        for process in (self.tempo.process, self.loki, self.prometheus):
            process.start(wait=False)
        for process in (self.tempo.process, self.loki, self.prometheus):
            process.wait_ready()
        self.collector.start()

    def stop(self) -> None:
        for process in (self.collector, self.loki, self.prometheus, self.tempo.process, self.keeper):
            process.stop()

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def _process(self, name: str, addresses: dict[str, str], ready: str, *more: str) -> Process:
        found = service(name, self._settings, self.volumes)
        self.memory_limits[name] = found.memory_bytes
        # The keeper's image is Python's: the command begins with the program.
        command = [sys.executable, *found.command[1:]] if name == "keeper" else [built(name), *found.command]
        return Process(
            name,
            [*command, *more],
            {**found.environment, **addresses, **self._environment},
            log=self.folder / f"{name}.log",
            ready=ready,
        )

    def _keeper(self) -> Process:
        return self._process("keeper", {"KEEPER_HTTP": _address(self.keeper_url)}, f"{self.keeper_url}/health")

    def _loki(self) -> Process:
        addresses = {"LOKI_HOST": HOST, "LOKI_HTTP_PORT": _port(self.loki_url), "LOKI_GRPC_PORT": str(free_port())}
        return self._process("loki", addresses, f"{self.loki_url}/ready")

    def _prometheus(self) -> Process:
        listen = f"--web.listen-address={_address(self.prometheus_url)}"
        return self._process("prometheus", {}, f"{self.prometheus_url}/-/ready", listen)

    def _collector(self) -> Process:
        addresses = {
            "COLLECTOR_OTLP_GRPC": self.otlp_grpc,
            "COLLECTOR_OTLP_HTTP": _address(self.otlp_http),
            "COLLECTOR_HEALTH": _address(self.health_url),
            "COLLECTOR_METRICS_HOST": HOST,
            "COLLECTOR_METRICS_PORT": _port(self.collector_metrics_url),
            "TEMPO_OTLP": self.tempo.otlp_grpc,
            "LOKI_OTLP": f"{self.loki_url}/otlp",
            "PROMETHEUS_OTLP": f"{self.prometheus_url}/api/v1/otlp",
            "LOKI_METRICS": _address(self.loki_url),
            "TEMPO_METRICS": _address(self.tempo.metrics_url),
            "PROMETHEUS_METRICS": _address(self.prometheus_url),
            "KEEPER_METRICS": _address(self.keeper_url),
            "GRAFANA_METRICS": f"{HOST}:{free_port()}",  # nobody is there
        }
        return self._process("collector", addresses, f"{self.health_url}/")


def _address(url: str) -> str:
    return url.removeprefix("http://")


def _port(url: str) -> str:
    return url.rpartition(":")[2]
