"""``otel-trading demo``: the main job, shown on a simulated venue."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from otel_trading.story.model import Story


@click.command(short_help="Trade on a simulated venue and watch the stories.")
@click.option("--seconds", type=click.FloatRange(min=1), default=10.0, show_default=True, help="How long to trade.")
@click.option("--seed", type=int, default=7, show_default=True, help="Seed of the venue's prices.")
@click.option(
    "--store",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the demo's telemetry. Default: a new temporary one.",
)
@click.option("--svg", type=click.Path(path_type=Path, dir_okay=False), help="Draw the story to this file too.")
@click.pass_context
def demo(ctx: click.Context, *, seconds: float, seed: int, store: Path | None, svg: Path | None) -> None:
    """Run a plain ccxt bot under opentelemetry-instrument on the simulated venue, and show what it left behind.

    Everything shown is read from telemetry that went through the real pipeline. Needs otel-trading[demo].

    Exit codes: 0 shown, 1 the demo could not be run.
    """
    from otel_trading.cli import main  # noqa: PLC0415 - imports this module by name
    from otel_trading.demo.run import SERVICE, DemoError, example_bot, run_bot, running_venue  # noqa: PLC0415 - not for help

    folder = store or Path(tempfile.mkdtemp(prefix="otel-trading-demo-"))
    try:
        with running_venue(seed) as url:
            _say(f"$ opentelemetry-instrument python {example_bot().name}      # {seconds:g} s on a simulated venue")
            code = run_bot(url, folder, seconds)
    except DemoError as error:
        raise click.ClickException(str(error)) from error
    if code:
        raise click.ClickException(f"the bot ended with exit code {code}")
    where = ["--store", str(folder), "--service", SERVICE]
    _say("\n$ otel-trading orders")
    main.main([*where, "orders"], standalone_mode=False)
    best = _most_telling(folder)
    _say(f"\n$ otel-trading order {best}")
    main.main([*where, "order", best], standalone_mode=False)
    if svg is not None:
        main.main([*where, "order", best, "--svg", str(svg)], standalone_mode=False)
    _say(f"\nThe telemetry is in {folder}. Try: otel-trading --store {folder} logs --level warning")
    ctx.exit(0)


def _say(line: str) -> None:
    click.secho(line, bold=True)


def _most_telling(folder: Path) -> str:
    """Return an id of the order whose story has the most in it."""
    from otel_trading.story.find import find_stories  # noqa: PLC0415 - not needed for help
    from otel_trading.story.orders import Wanted, list_orders  # noqa: PLC0415 - the same
    from otel_trading.telemetry.store import StoreReader  # noqa: PLC0415 - the same

    source = StoreReader(folder)
    listed = [(*story.order.client_ids, *story.order.venue_ids)[:1] for story in list_orders(source, Wanted(limit=0))]
    told = {name: find_stories(source, name).stories[0] for names in listed for name in names}
    if not told:
        raise click.ClickException(f"no order was recorded in {folder}; this is a bug, please report it")
    return max(told, key=lambda name: _eventfulness(told[name]))


def _eventfulness(story: Story) -> tuple[int, int]:
    return (len({step.kind for step in story.steps}), len(story.steps))
