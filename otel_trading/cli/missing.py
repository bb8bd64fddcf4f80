"""What to say when an id leads to no order, or to several."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from otel_trading.cli.options import REACH
from otel_trading.cli.order_words import asked, state
from otel_trading.cli.screen import visible
from otel_trading.story.times import iso
from otel_trading.telemetry.store.reader import StoreReader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from otel_trading.cli.options import Where
    from otel_trading.story.model import Story


def say_missing(where: Where, wanted: str, near: Sequence[str], mentions: int) -> None:
    """Say on stderr that there is no such order, which ids come near, and what to check."""
    lines = [f"No order {wanted!r} in {where.place}."]
    if mentions:
        lines.append(f"{mentions} records mention it beside other orders: otel-trading logs {wanted!r}")
    if near:
        lines.append(f"Near: {', '.join(map(visible, near))}")
    _say([*lines, *checks(where)])


def say_nothing(where: Where, what: str) -> None:
    """Say on stderr that nothing fits, and what to check."""
    _say([f"No {what} in {where.place}.", *checks(where)])


def checks(where: Where) -> list[str]:
    """Return what may be wrong, as far as the store's folder or the stack tells."""
    if where.from_stack:
        return stack_checks(where)
    services = StoreReader(where.folder).services()
    others = [name for name in services if name not in where.services]
    if not services:
        found = "holds no telemetry" if where.folder.is_dir() else "does not exist"
        started = (
            f"The folder {found}. Was the bot started with opentelemetry-instrument, by this user, and"
            " without an OTLP endpoint (OTEL_TRADING_EXPORT=both keeps it here as well)?"
        )
        return [started, "Does it write elsewhere? Then give --store PATH or set OTEL_TRADING_STORE."]
    if where.services and others:
        return [f"Only --service {', '.join(where.services)} was read; there are also {', '.join(others)}."]
    started = (
        f"Services there: {', '.join(services)}. Was the bot in question started with"
        " opentelemetry-instrument? Does it write to another folder (--store PATH)?"
    )
    return [started]


def stack_checks(where: Where) -> list[str]:
    """Return what may be wrong, as far as the stack tells."""
    services = where.source.services() if where.source else []
    others = [name for name in services if name not in where.services]
    if not services:
        started = (
            "The stack has no logs of that time. Does the bot send there (otel-trading init shows its variables)?"
            " otel-trading doctor tests the way."
        )
    elif where.services and others:
        started = f"Only --service {', '.join(where.services)} was read; there are also {', '.join(others)}."
    else:
        started = f"Services there: {', '.join(services)}."
    return [started, f"Without --since, orders are searched over {REACH}: --since 30d looks further back."]


def say_ambiguous(wanted: str, stories: Sequence[Story]) -> None:
    """Say on stderr which orders have the id, and how to name one of them."""
    lines = [f"{len(stories)} orders have the id {wanted!r}:"]
    for story in stories:
        order = story.order
        ids = ", ".join(dict.fromkeys((*order.client_ids, *order.venue_ids)))
        words = (iso(story.numbers.started_ns), order.venue, asked(order), state(story, with_time=False)[0])
        lines.append("  " + "  ".join(visible(word) for word in (*words, ids, *order.trace_ids[:1]) if word))
    _say([*lines, f"Name one of them: {_ways(wanted, stories)}."])


def _ways(wanted: str, stories: Sequence[Story]) -> str:
    """Return what tells the orders apart."""

    def differ(*found: object) -> bool:
        return len(set(found)) == len(stories)

    ways = []
    if differ(*(story.order.venue for story in stories)):
        ways.append("--venue")
    if differ(*(story.order.symbol for story in stories)):
        ways.append("--symbol")
    if differ(*(story.order.trace_ids[:1] for story in stories)):
        ways.append("the trace id in place of the id")
    ids = [tuple(name for name in (*s.order.client_ids, *s.order.venue_ids) if name != wanted) for s in stories]
    if differ(*ids) and all(ids):
        ways.append("another id of the order")
    return " or ".join(ways) or "--venue together with --symbol"


def _say(lines: Sequence[str]) -> None:
    for line in lines:
        click.echo(line, err=True)
