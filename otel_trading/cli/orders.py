"""``otel-trading orders``: a list of orders."""

from __future__ import annotations

import time

import click

from otel_trading.cli.options import Where, output_options, reading, store_options
from otel_trading.cli.when import WHEN, nanoseconds


@click.command(short_help="List orders, the last submitted first.")
@click.option("--venue", default="", help="Only at this venue.")
@click.option("--symbol", default="", help="Only in this symbol.")
@click.option("--strategy", default="", help="Only of this strategy.")
@click.option(
    "--status",
    default="",
    help="Only in this state: new, partially_filled, filled, canceled, rejected, expired, pending_new ...;"
    " open: no end of the order is known; no_answer: nobody knows whether it stands at the venue.",
)
@click.option("--since", metavar=WHEN, help="Only submitted since then.")
@click.option("--until", metavar=WHEN, help="Only submitted until then.")
@click.option("--limit", "-n", type=click.IntRange(min=0), default=20, show_default=True, help="0 shows all.")
@click.option("--width", type=click.IntRange(min=40), help="Columns to use. Default: the terminal's.")
@output_options
@store_options
@click.pass_context
def orders(
    ctx: click.Context,
    *,
    venue: str,
    symbol: str,
    strategy: str,
    status: str,
    since: str | None,
    until: str | None,
    limit: int,
    width: int | None,
    as_json: bool,
    local: bool,
) -> None:
    """List the orders that fit, the last submitted first.

    --json writes one object a line: the order, its numbers and notices; what is known only from spans and
    log lines (HTTP times, counts of spans and logs) is in order --json.

    Exit codes: 0 found, 1 nothing found, 2 wrong usage.
    """
    from otel_trading.cli.missing import say_nothing  # noqa: PLC0415 - not needed for help
    from otel_trading.story.orders import STATUSES, Wanted, list_orders  # noqa: PLC0415 - not needed for help

    asked = status.lower().replace("-", "_").replace(" ", "_")
    if asked and asked not in STATUSES:
        raise click.BadParameter(f"{status!r} is none of {', '.join(STATUSES)}", param_hint="--status")
    now = time.time_ns()
    wanted = Wanted(
        venue=venue,
        symbol=symbol,
        status=asked,
        strategy=strategy,
        since_ns=nanoseconds(since, "--since", now_ns=now, local=local),
        until_ns=nanoseconds(until, "--until", now_ns=now, local=local),
        limit=limit,
    )
    with reading(ctx, since_ns=wanted.since_ns, before_too=since is not None) as source:
        found = list_orders(source, wanted)
        if not found:
            say_nothing(ctx.ensure_object(Where), "order that fits")
            ctx.exit(1)
    if as_json:
        from otel_trading.story.as_json import dumps, order_object  # noqa: PLC0415 - needed in this case only

        for story in found:
            click.echo(dumps(order_object(story)))
        return
    from otel_trading.cli.orders_view import orders_view  # noqa: PLC0415 - loads rich: not needed for help
    from otel_trading.cli.screen import UNBOUNDED, screen, show  # noqa: PLC0415 - the same

    console = screen(width, pipe_width=UNBOUNDED)
    show(console, orders_view(found, console.width, local=local))
