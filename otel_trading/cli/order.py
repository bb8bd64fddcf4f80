"""``otel-trading order``: the story of an order."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from otel_trading.cli.options import REACH, Where, output_options, reading, store_options
from otel_trading.cli.when import WHEN, nanoseconds

if TYPE_CHECKING:
    from otel_trading.story.model import Story


@click.command(short_help="Tell the story of an order.")
@click.argument("order_id", metavar="ID")
@click.option("--venue", default="", help="Only at this venue, where the id exists at several.")
@click.option("--symbol", default="", help="Only in this symbol, where the venue numbers by symbol.")
@click.option("--full", is_flag=True, help="Show whole stack traces, and each of many equal requests.")
@click.option("--width", type=click.IntRange(min=40), help="Columns to use. Default: the terminal's.")
@click.option("--svg", type=click.Path(path_type=Path, dir_okay=False), help="Write a picture to this file.")
@click.option("--since", metavar=WHEN, help=f"With --from stack: search back to then. Default: {REACH}.")
@output_options
@store_options
@click.pass_context
def order(
    ctx: click.Context,
    order_id: str,
    *,
    venue: str,
    symbol: str,
    full: bool,
    width: int | None,
    svg: Path | None,
    since: str | None,
    as_json: bool,
    local: bool,
) -> None:
    """Tell the story of the order that has ID as client id, venue id or trace id.

    Every event, request and log line of the order, with the times between them, what it came to, and what
    is missing in it. Numbers in --json are strings that keep their decimals.

    Exit codes: 0 found, 1 nothing found, 2 wrong usage or several orders with this id.
    """
    from otel_trading.cli.missing import say_ambiguous, say_missing  # noqa: PLC0415 - not needed for help
    from otel_trading.story.find import find_stories, near_ids  # noqa: PLC0415 - not needed for help

    where = ctx.ensure_object(Where)
    if since is not None and not where.from_stack:
        raise click.UsageError("--since goes with --from stack: the local store is searched as far as it goes back")
    with reading(ctx, since_ns=nanoseconds(since, "--since", now_ns=time.time_ns(), local=local)) as source:
        found = find_stories(source, order_id, venue=venue, symbol=symbol)
        if not found.stories:
            near = near_ids(source, order_id)
            say_missing(where, order_id, near, found.mentions)
            ctx.exit(1)
    if len(found.stories) > 1:
        say_ambiguous(order_id, found.stories)
        ctx.exit(2)
    _tell(found.stories[0], order_id, svg=svg, width=width, as_json=as_json, local=local, full=full)


def _tell(
    story: Story,
    order_id: str,
    *,
    svg: Path | None,
    width: int | None,
    as_json: bool,
    local: bool,
    full: bool,
) -> None:
    if as_json:
        from otel_trading.story.as_json import dumps, story_object  # noqa: PLC0415 - needed in this case only

        click.echo(dumps(story_object(story)))
        return
    from otel_trading.cli.screen import screen, show  # noqa: PLC0415 - loads rich: not needed for help
    from otel_trading.cli.story_view import story_view  # noqa: PLC0415 - the same

    if svg is not None:
        from otel_trading.cli.svg import PICTURE_WIDTH, picture  # noqa: PLC0415 - needed in this case only

        drawn = picture(
            lambda columns: story_view(story, columns, local=local, full=full),
            title=f"otel-trading order {order_id}",
            width=width or PICTURE_WIDTH,
        )
        svg.write_text(drawn, encoding="utf-8")
        click.echo(f"wrote {svg}", err=True)
        return
    console = screen(width)
    show(console, story_view(story, console.width, local=local, full=full))
