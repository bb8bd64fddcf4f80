"""The command line on a stack and on a store, and the scenes of the story's tests with ids as they are on the wire."""

from __future__ import annotations

import hashlib
import json
import re
import time
from typing import TYPE_CHECKING, Any

from tests.cli.shell import run
from tests.story.tape import NOON

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

    from tests.stores.pretended import PretendedStack
    from tests.story.tape import Tape

AGO_NS = 3600 * 10**9
"""How long ago the scenes happen: a stack is searched in a period that ends now."""

_WIRE = re.compile("[0-9a-f]{16}|")


def ask(stack: PretendedStack | str, *arguments: str | Path, **settings: str) -> Result:
    """Run the command line on a stack, or on what listens at a URL."""
    url = stack if isinstance(stack, str) else stack.url
    return run(*arguments, "--from", "stack", env={"OTEL_TRADING_STACK_URL": url, **settings})


def lines(result: Result) -> list[dict[str, Any]]:
    """Read what ``--json`` wrote."""
    assert result.exit_code == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def on_the_wire(tape: Tape) -> Tape:
    """Have a tape's records happen an hour ago, with span ids of eight bytes in place of the tests' shorter names."""
    later = time.time_ns() - AGO_NS - NOON
    tape.spans_kept = [
        kept._replace(
            record=kept.record._replace(
                span_id=_span_id(kept.record.span_id),
                parent_span_id=_span_id(kept.record.parent_span_id),
                start_ns=kept.record.start_ns + later,
                end_ns=kept.record.end_ns + later,
            )
        )
        for kept in tape.spans_kept
    ]
    tape.logs_kept = [
        kept._replace(
            record=kept.record._replace(
                span_id=_span_id(kept.record.span_id),
                time_ns=kept.record.time_ns + later,
                observed_ns=kept.record.observed_ns + later,
            )
        )
        for kept in tape.logs_kept
    ]
    return tape


def _span_id(name: str) -> str:
    return name if _WIRE.fullmatch(name) else hashlib.blake2b(name.encode(), digest_size=8).hexdigest()
