"""One store's round: measure, decide, hand on; and what came of it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from keeper import overrides, policy
from keeper.log import log
from keeper.measure import MEASURES, Usage
from keeper.overrides import duration
from keeper.policy import State

if TYPE_CHECKING:
    from keeper.settings import Store


@dataclass
class Watch:
    """A store under watch: what was measured last, what is in force, and how the rounds went. Times since 1970."""

    store: Store
    since: float
    state: State = field(init=False)
    usage: Usage = field(default_factory=Usage)
    free: int = 0
    succeeded: float = 0.0
    failures: int = 0
    trouble: str = ""

    def __post_init__(self) -> None:
        self.state = State(self.store.longest)

    def round(self, now: float) -> None:
        """Do one round. What goes wrong is told and counted, and what was in force stays so until the next."""
        try:
            self.usage = MEASURES[self.store.name](self.store.folder)
            self.free = shutil.disk_usage(self.store.folder).free
            decided = policy.decide(self.store, self.usage, self.state, now, self.since)
            overrides.write(self.store.override, overrides.DOCUMENTS[self.store.name](decided, now))
        except OSError as error:
            self._failed(error)
            return
        if self.trouble:
            log("info", "works again", store=self.store.name)
            self.trouble = ""
        self._tell(decided)
        self.state, self.succeeded = decided, now

    def _failed(self, error: OSError) -> None:
        self.failures += 1
        trouble = f"{error.strerror}: {error.filename}"
        if trouble != self.trouble:
            log("error", "round failed, the last override stays", store=self.store.name, error=trouble)
        self.trouble = trouble

    def _tell(self, decided: State) -> None:
        before, facts = self.state, self._facts(decided)
        if not self.succeeded:
            log("info", "watching", **facts)
            if self.store.limit > self.usage.total + self.free:
                log("warn", "the disk is smaller than the limit: lower the limit", free_bytes=self.free, **facts)
        elif decided.retention != before.retention:
            way = "shorter" if decided.retention < before.retention else "longer"
            log("info", f"retention {way}", was=duration(before.retention), **facts)
        if decided.short and not before.short:
            log("error", "even the shortest retention takes more than the limit: raise it, or send less", **facts)
        if decided.refusing and not before.refusing:
            log("error", "no new data is taken until there is room; the Collector keeps it in its queue", **facts)
        if before.refusing and not decided.refusing:
            log("info", "new data is taken again", bytes_per_second=decided.pace, **facts)

    def _facts(self, decided: State) -> dict[str, object]:
        return {
            "store": self.store.name,
            "retention": duration(decided.retention),
            "used_bytes": self.usage.total,
            "limit_bytes": self.store.limit,
        }
