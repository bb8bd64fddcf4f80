"""The check of the spool: what waits on disk for a receiver."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from otel_trading.doctor.finding import note
from otel_trading.doctor.wording import duration, size
from otel_trading.telemetry.spool.folder import held, spools
from otel_trading.telemetry.store.layout import names, service_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from otel_trading.doctor.finding import Finding
    from otel_trading.doctor.situation import Situation


def check_spool(situation: Situation) -> Iterator[Finding]:
    """Find records that wait for the receiver."""
    seen = []
    total = 0
    for name in sorted(names(situation.store)):
        service = service_name(situation.store / name)
        if situation.services and service not in situation.services:
            continue
        for folder in spools(situation.store / name):
            found = held(folder)
            if found.size:
                total += found.size
                waited = duration(max(time.time() - found.since, 0))
                seen.append(f"{service}: {size(found.size)} of {folder.name}, the oldest for {waited}")
    if seen:
        yield note(
            "spool.waiting",
            f"Waiting on disk for the receiver: {size(total)}",
            *seen,
            remedy="Nothing, where a bot runs and the receiver is back: they are sent, the oldest first. Else see the"
            " findings about the receiver here. What no bot sends any more is in the folder spool of its service.",
        )
