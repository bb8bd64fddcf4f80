"""The running bot: which one it is, when it last went through its loop, what it has earned, and what ended it."""

from __future__ import annotations

import time
import traceback
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from opentelemetry import context as otel
from opentelemetry._logs import SeverityNumber
from opentelemetry.metrics import Observation
from opentelemetry.semconv.attributes.exception_attributes import (
    EXCEPTION_MESSAGE,
    EXCEPTION_STACKTRACE,
    EXCEPTION_TYPE,
)

from otel_trading.instrumentation.freqtrade import fields, messages
from otel_trading.instrumentation.toolkit.values import text
from otel_trading.orders import emit, instruments, measures
from otel_trading.orders.blocks import type_name
from otel_trading.orders.contain import contained
from otel_trading.orders.context import SIMULATED_KEY, STRATEGY_KEY, use_context
from otel_trading.semconv import attributes, events, metrics

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from opentelemetry.context import Context
    from opentelemetry.metrics import CallbackOptions

    from otel_trading.instrumentation.toolkit.layers import Watching
    from otel_trading.instrumentation.toolkit.terms import Fields
    from otel_trading.instrumentation.toolkit.wrapping import Call, Outcome

_BOT_KEY = otel.create_key("otel_trading.freqtrade.bot")


class Bot(NamedTuple):
    """What names a bot of freqtrade on telemetry."""

    venue: str
    strategy: str
    currency: str


def named(bot: Any) -> Bot:
    """Return what names ``bot``, a ``FreqtradeBot``; it may not be made whole yet."""
    config = fields.config(bot)
    return Bot(
        fields.venue(getattr(bot, "exchange", None)) or text((config.get("exchange") or {}).get("name")),
        text(config.get("strategy")),
        text(config.get("stake_currency")),
    )


def of(bot: Any) -> Context:
    """Return the context in which ``bot`` is the one at work, and so is its strategy."""
    known = named(bot)
    here = otel.set_value(_BOT_KEY, known, otel.set_value(STRATEGY_KEY, known.strategy))
    return otel.set_value(SIMULATED_KEY, fields.is_dry_run(bot), here)


def working(_: Fields, call: Call) -> Watching:
    """Watch a method of the bot: what it does is done for its strategy."""
    with use_context(of(call.target)):
        yield


_beats: dict[str, float] = {}  # strategy -> time.monotonic of its last iteration without an error


def iteration(_: Fields, call: Call) -> Watching:
    """Watch one turn of the bot's loop; no span, since it turns every few seconds."""
    with use_context(of(call.target)):
        outcome = yield
    if outcome.error is None:
        _beats[named(call.target).strategy] = time.monotonic()
        instruments.observe(metrics.TRADING_HEARTBEAT_AGE, _ages)


def _ages(_: CallbackOptions) -> Iterable[Observation]:
    now = time.monotonic()
    return [
        Observation(now - beat, {attributes.TRADING_STRATEGY_ID: strategy} if strategy else {})
        for strategy, beat in list(_beats.items())
    ]


def earned(_: Call, outcome: Outcome) -> None:
    """Take note of the profit of all closed trades whenever freqtrade asks its database for it.

    It does so at the start and after each trade that was closed, so the sum survives a restart. Outside the bot's own
    loop (its API, a command of Telegram) nobody knows which bot asked.
    """
    bot = cast("Bot | None", otel.get_value(_BOT_KEY))
    if bot is not None and outcome.error is None:
        measures.pnl(realized=outcome.result, currency=bot.currency, venue=bot.venue)


_NO_FAILURE = (KeyboardInterrupt, SystemExit)


def ended(call: Call, outcome: Outcome) -> None:
    """Record what ends the bot: ``main`` catches it, writes one line (some without a stack) and exits."""
    error = outcome.error
    if error is None or isinstance(error, _NO_FAILURE):
        return
    known = named(getattr(call.target, "freqtrade", None))
    emit.event(
        events.TRADING_BOT_UNHANDLED_EXCEPTION,
        f"unhandled exception ended the bot: {type(error).__name__}: {error}",
        {
            EXCEPTION_TYPE: type_name(error),
            EXCEPTION_MESSAGE: str(error),
            EXCEPTION_STACKTRACE: "".join(traceback.format_exception(error)),
            attributes.TRADING_STRATEGY_ID: known.strategy,
        },
        SeverityNumber.ERROR,
    )


def sent(call: Call) -> None:
    """Record a message that the bot sends to whoever runs it, whether or not a messenger is set up."""
    message = call.get("msg")
    if isinstance(message, dict) and messages.kind(message) not in messages.DATA:
        _tell(call, message)


def queued(call: Call) -> None:
    """Record what the strategy has to say: it goes to the messengers by another way than all else."""
    for said in tuple(call.get("queue", ())):
        _tell(call, {"type": "strategy_msg", "msg": said})


def _tell(call: Call, message: Mapping[str, Any]) -> None:
    """Record a message; an order that is at work is stamped on it like on any other record."""
    with contained():
        known = named(getattr(getattr(call.target, "_rpc", None), "_freqtrade", None))
        emit.event(
            events.TRADING_BOT_MESSAGE,
            messages.body(message),
            {
                attributes.TRADING_BOT_MESSAGE_TYPE: messages.kind(message),
                attributes.TRADING_VENUE: known.venue,
                attributes.TRADING_STRATEGY_ID: known.strategy,
                attributes.TRADING_SYMBOL: messages.symbol(message),
            },
            messages.severity(message),
        )
