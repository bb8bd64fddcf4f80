"""The words for each step of a story, without colour or layout."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from otel_trading.semconv import attributes as names
from otel_trading.semconv.attributes import TradingRiskCheckResultValues as Result
from otel_trading.story.failure import exception_words
from otel_trading.story.fields import grouped, number, plain, text
from otel_trading.story.model import StepKind
from otel_trading.story.times import duration

if TYPE_CHECKING:
    from collections.abc import Callable

    from otel_trading.story.model import HttpCall, Order, Step

LATE_NS = 10**9
"""From this distance between the venue's time of a fill and ours, it is worth telling."""

_BAD_REQUEST = 400


class Tone(str, Enum):
    """What state a line tells of. Colour follows from it alone."""

    PLAIN = "plain"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    QUIET = "quiet"


class Line(NamedTuple):
    """A step in words: what it is, what it says, what came of it."""

    label: str
    text: str = ""
    outcome: str = ""
    tone: Tone = Tone.PLAIN
    is_aside: bool = False


def line_of(step: Step, order: Order, *, full: bool = False) -> Line:
    """Put a step into words. ``full`` tells exceptions with their whole stack trace."""
    if step.kind is StepKind.LOG:
        return _log(step, full=full)
    if step.kind is StepKind.CRASH:
        words = exception_words(step.attributes, full=full) or step.body
        return Line("crash", words, "process failed", Tone.BAD)
    return _WORDS[step.kind](step, order)


def _joined(*parts: str) -> str:
    return ", ".join(filter(None, parts))


def _price(step: Step, key: str, order: Order) -> str:
    return grouped(plain(number(step.attributes, key), order.price_places))


def _quantity(step: Step, key: str, order: Order) -> str:
    return grouped(plain(number(step.attributes, key), order.quantity_places))


def _value(step: Step, key: str) -> str:
    return grouped(plain(number(step.attributes, key)))


def _words(step: Step, key: str) -> str:
    return text(step.attributes, key).replace("_", " ")


def _request(step: Step) -> str:
    """Tell the HTTP requests behind a step, else how long the call took."""
    told = ", ".join(_call(call) for call in step.calls)
    if not told and step.duration_ns is not None:
        told = f"took {duration(step.duration_ns)}"
    return _joined(told, step.error)


def _call(call: HttpCall) -> str:
    took = duration(call.end_ns - call.start_ns)
    status = f" {call.status}" if call.status >= _BAD_REQUEST else "" if call.status else " without answer"
    return f"{call.method} {call.path}{status} in {took}"


def _of_quantity(filled: str, order: Order) -> str:
    if not filled:
        return ""
    return f"{grouped(filled)} of {grouped(order.quantity)}" if order.quantity else grouped(filled)


def _decision(step: Step, order: Order) -> Line:
    signal = f"{text(step.attributes, names.TRADING_DECISION_SIGNAL)} {_value(step, names.TRADING_DECISION_VALUE)}"
    arrival = _price(step, names.TRADING_ORDER_ARRIVAL_PRICE, order)
    return Line("decision", _joined(signal.strip(), f"arrival mid {arrival}" if arrival else "") or step.body)


def _risk_check(step: Step, _: Order) -> Line:
    value, limit = _value(step, names.TRADING_RISK_CHECK_VALUE), _value(step, names.TRADING_RISK_CHECK_LIMIT)
    measured = " of ".join(filter(None, (value, limit)))
    name, result = (
        text(step.attributes, names.TRADING_RISK_CHECK_NAME),
        _words(step, names.TRADING_RISK_CHECK_RESULT),
    )
    tone = {Result.BREACHED.value: Tone.BAD, Result.PASSED.value: Tone.GOOD}.get(result, Tone.PLAIN)
    return Line("risk check", f"{name} {measured}".strip(), result, tone)


def _submit(step: Step, _: Order) -> Line:
    return Line("submit", _request(step), "failed" if step.error else "", Tone.BAD if step.error else Tone.PLAIN)


def _acknowledged(step: Step, _: Order) -> Line:
    venue_id = text(step.attributes, names.TRADING_ORDER_ID)
    return Line("acknowledged", f"venue id {venue_id}" if venue_id else "", _words(step, names.TRADING_ORDER_STATUS))


def _refused(label: str, tone: Tone) -> Callable[[Step, Order], Line]:
    def say(step: Step, _: Order) -> Line:
        category = _words(step, names.TRADING_ORDER_REJECTION_CATEGORY)
        reason = text(step.attributes, names.TRADING_ORDER_REJECTION_REASON)
        return Line(label, reason or ("" if category else step.body), category, tone)

    return say


def _fill(step: Step, order: Order) -> Line:
    quantity = _quantity(step, names.TRADING_EXECUTION_QUANTITY, order)
    price = _price(step, names.TRADING_EXECUTION_PRICE, order)
    traded = f"{quantity} @ {price}" if price else quantity
    traded = f"{traded} {text(step.attributes, names.TRADING_EXECUTION_LIQUIDITY)}".rstrip()
    label = f"fill {step.ordinal}" + (" again" if step.repeated else "")
    inferred = step.attributes.get(names.TRADING_EXECUTION_INFERRED) is True
    words = _joined(traded, _fee_of(step), "inferred from the total" if inferred else "", _late(step))
    tone = Tone.QUIET if step.repeated else Tone.GOOD
    return Line(label, words, _of_quantity(step.filled, order), tone)


def _fee_of(step: Step) -> str:
    amount = _value(step, names.TRADING_EXECUTION_FEE_AMOUNT)
    return f"fee {amount} {text(step.attributes, names.TRADING_EXECUTION_FEE_CURRENCY)}".rstrip() if amount else ""


def _late(step: Step) -> str:
    at_venue = step.attributes.get(names.TRADING_ORDER_TRANSACT_TIME)
    if not isinstance(at_venue, int) or step.time_ns - at_venue < LATE_NS:
        return ""
    return f"known {duration(step.time_ns - at_venue)} after the venue's time of it"


def _fee(step: Step, _: Order) -> Line:
    return Line("fee", _fee_of(step).removeprefix("fee "))


def _cancel_requested(step: Step, _: Order) -> Line:
    return Line("cancel", _request(step), "failed" if step.error else "", Tone.WARN if step.error else Tone.PLAIN)


def _amend_requested(step: Step, order: Order) -> Line:
    line = _cancel_requested(step, order)
    return line._replace(label="amend", text=_joined(_terms(step, order), line.text))


def _terms(step: Step, order: Order) -> str:
    quantity = _quantity(step, names.TRADING_ORDER_QUANTITY, order)
    price = _price(step, names.TRADING_ORDER_PRICE, order)
    return f"{quantity} @ {price}" if quantity and price else quantity or (f"@ {price}" if price else "")


def _amended(step: Step, order: Order) -> Line:
    client_id = text(step.attributes, names.TRADING_ORDER_CLIENT_ID)
    original = text(step.attributes, names.TRADING_ORDER_ORIGINAL_CLIENT_ID)
    venue_id = text(step.attributes, names.TRADING_ORDER_ID)
    renamed = original not in ("", client_id) or len(order.venue_ids) > 1
    ids = f"now {' / '.join(filter(None, (client_id, venue_id)))}" if renamed else ""
    return Line("amended", _joined(_terms(step, order), ids))


def _ended(label: str) -> Callable[[Step, Order], Line]:
    def say(step: Step, order: Order) -> Line:
        filled = plain(number(step.attributes, names.TRADING_ORDER_CUMULATIVE_QUANTITY), order.quantity_places)
        told = _of_quantity(filled, order)
        return Line(label, "", f"{told} filled" if told else "", Tone.WARN)

    return say


def _updated(step: Step, _: Order) -> Line:
    previous = _words(step, names.TRADING_ORDER_PREVIOUS_STATUS)
    return Line("updated", f"was {previous}" if previous else "", _words(step, names.TRADING_ORDER_STATUS))


def _impossible(step: Step, _: Order) -> Line:
    claimed, previous = (
        _words(step, names.TRADING_ORDER_STATUS),
        _words(step, names.TRADING_ORDER_PREVIOUS_STATUS),
    )
    return Line("impossible", f"reported {claimed} after {previous}", "ignored", Tone.WARN)


def _kill_switch(step: Step, _: Order) -> Line:
    active = step.attributes.get(names.TRADING_KILL_SWITCH_ACTIVE)
    reason = text(step.attributes, names.TRADING_KILL_SWITCH_REASON)
    if active is False:
        return Line("kill switch", reason, "off", Tone.WARN)
    return Line("kill switch", reason, "on", Tone.BAD)


def _event(step: Step, _: Order) -> Line:
    name = step.name.removeprefix("trading.")
    told = "" if step.body == step.name else step.body
    return Line("event", f"{name}: {told}" if told else name, "", Tone.QUIET)


def _span(label: str) -> Callable[[Step, Order], Line]:
    def say(step: Step, _: Order) -> Line:
        operation = text(step.attributes, names.TRADING_OPERATION)
        told = _request(step)
        name = operation or ("" if step.calls else step.name)
        outcome, tone = ("failed", Tone.WARN) if step.error else ("", Tone.QUIET)
        return Line(label, _joined(name, told), outcome, tone)

    return say


def _log(step: Step, *, full: bool) -> Line:
    tones = ((17, Tone.BAD), (13, Tone.WARN))
    tone = next((tone for least, tone in tones if step.severity_number >= least), Tone.QUIET)
    exception = exception_words(step.attributes, full=full)
    body = "\n".join(filter(None, (step.body, exception)))
    return Line(step.severity or "LOG", f"{step.name}: {body}" if step.name else body, "", tone, is_aside=True)


_WORDS: dict[StepKind, Callable[[Step, Order], Line]] = {
    StepKind.DECISION: _decision,
    StepKind.RISK_CHECK: _risk_check,
    StepKind.SUBMIT: _submit,
    StepKind.ACKNOWLEDGED: _acknowledged,
    StepKind.UNCONFIRMED: _refused("unconfirmed", Tone.BAD),
    StepKind.REJECTED: _refused("rejected", Tone.BAD),
    StepKind.FILL: _fill,
    StepKind.FEE: _fee,
    StepKind.CANCEL_REQUESTED: _cancel_requested,
    StepKind.CANCELED: _ended("canceled"),
    StepKind.CANCEL_REJECTED: _refused("not canceled", Tone.WARN),
    StepKind.AMEND_REQUESTED: _amend_requested,
    StepKind.AMENDED: _amended,
    StepKind.AMEND_REJECTED: _refused("not amended", Tone.WARN),
    StepKind.EXPIRED: _ended("expired"),
    StepKind.UPDATED: _updated,
    StepKind.INVALID_TRANSITION: _impossible,
    StepKind.KILL_SWITCH: _kill_switch,
    StepKind.EVENT: _event,
    StepKind.REQUEST: _span("request"),
    StepKind.SPAN: _span("span"),
}
