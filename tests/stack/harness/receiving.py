"""The receiving end of traces: a Collector that takes OTLP over gRPC and keeps it in a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.stack.harness.built import built
from tests.stack.harness.ports import free_port
from tests.stack.harness.process import Process

if TYPE_CHECKING:
    from collections.abc import Iterator

_CONFIGURATION = Path(__file__).with_name("receiving.yaml")
_HOST = "127.0.0.1"


class ReceivingEnd(NamedTuple):
    """The process, its addresses, and the file of what arrived."""

    process: Process
    otlp_grpc: str
    metrics_url: str
    file: Path

    def spans(self) -> Iterator[dict[str, Any]]:
        """Yield each span that arrived, as OTLP/JSON, with ``resource`` (its attributes as a plain dict) added."""
        if not self.file.exists():
            return
        # What is no text arrives too: a test damages data on its way.
        with self.file.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                if not line.endswith("\n"):
                    return  # being written
                for group in json.loads(line).get("resourceSpans", []):
                    resource = plain(group.get("resource", {}).get("attributes", []))
                    for scoped in group.get("scopeSpans", []):
                        for span in scoped.get("spans", []):
                            yield {**span, "resource": resource}


def receiving_end(folder: Path) -> ReceivingEnd:
    """Make one that keeps its file in ``folder``; it does not run yet."""
    folder.mkdir(parents=True, exist_ok=True)
    otlp, health, metrics = (f"{_HOST}:{free_port()}" for _ in range(3))
    file = folder / "traces.jsonl"
    environment = {
        "RECEIVING_OTLP": otlp,
        "RECEIVING_FILE": str(file),
        "RECEIVING_HEALTH": health,
        "RECEIVING_METRICS_PORT": metrics.rpartition(":")[2],
    }
    process = Process(
        "tempo",
        [built("collector"), f"--config={_CONFIGURATION}"],
        environment,
        log=folder / "tempo.log",
        ready=f"http://{health}/",
    )
    return ReceivingEnd(process, otlp, f"http://{metrics}", file)


def plain(pairs: list[dict[str, Any]]) -> dict[str, Any]:
    """Return OTLP/JSON attributes as a plain dict; 64-bit integers, which are strings there, as int."""
    return {pair["key"]: value_of(pair.get("value", {})) for pair in pairs}


def value_of(value: dict[str, Any]) -> Any:
    """Return an OTLP/JSON AnyValue as a plain value."""
    for kind, found in value.items():
        if kind == "intValue":
            return int(found)
        if kind == "arrayValue":
            return [value_of(item) for item in found.get("values", [])]
        if kind == "kvlistValue":
            return plain(found.get("values", []))
        return found
    return None
