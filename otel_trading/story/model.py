"""What a story is made of. Numbers are decimal strings, empty where unknown; times are nanoseconds."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from otel_trading.telemetry.records import Attributes


class StepKind(str, Enum):
    """What a step of a story is."""

    DECISION = "decision"
    RISK_CHECK = "risk_check"
    SUBMIT = "submit"
    ACKNOWLEDGED = "acknowledged"
    UNCONFIRMED = "unconfirmed"
    REJECTED = "rejected"
    FILL = "fill"
    FEE = "fee"
    CANCEL_REQUESTED = "cancel_requested"
    CANCELED = "canceled"
    CANCEL_REJECTED = "cancel_rejected"
    AMEND_REQUESTED = "amend_requested"
    AMENDED = "amended"
    AMEND_REJECTED = "amend_rejected"
    EXPIRED = "expired"
    UPDATED = "updated"
    INVALID_TRANSITION = "invalid_transition"
    KILL_SWITCH = "kill_switch"
    CRASH = "crash"
    EVENT = "event"
    LOG = "log"
    REQUEST = "request"
    SPAN = "span"


class HttpCall(NamedTuple):
    """One HTTP request below a step. ``status`` is 0 where no answer came."""

    method: str
    path: str
    status: int
    start_ns: int
    end_ns: int


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened.

    ``name`` is the event's, span's or logger's name; ``ordinal`` numbers the fills (a repeated report of an
    execution keeps its number and is ``repeated``); ``filled`` is the quantity filled after a fill.
    ``duration_ns`` and ``calls`` come from the span that stands behind the step, ``error`` says what it
    failed of.
    """

    kind: StepKind
    time_ns: int
    name: str
    trace_id: str
    span_id: str
    attributes: Attributes
    severity: str = ""
    severity_number: int = 0
    body: str = ""
    duration_ns: int | None = None
    calls: tuple[HttpCall, ...] = ()
    error: str = ""
    ordinal: int = 0
    repeated: bool = False
    filled: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """What is known of the order itself. Ids stand in the order in which they became known."""

    client_ids: tuple[str, ...] = ()
    venue_ids: tuple[str, ...] = ()
    trace_ids: tuple[str, ...] = ()
    venue: str = ""
    symbol: str = ""
    instrument_type: str = ""
    side: str = ""
    type: str = ""
    time_in_force: str = ""
    quantity: str = ""
    price: str = ""
    stop_price: str = ""
    arrival_price: str = ""
    strategy: str = ""
    service: str = ""
    status: str = ""
    price_places: int | None = None
    quantity_places: int | None = None


@dataclass(frozen=True, slots=True)
class Numbers:
    """What was computed from the steps; None or empty where it cannot be known.

    The times after the submission (``acknowledged_after_ns``, ``first_fill_after_ns``, ``final_after_ns``)
    are differences of this machine's clock; ``http_ns`` is the time that the submission's HTTP requests took.
    ``slippage_bp`` is measured against the arrival price, positive where the execution was worse.
    """

    started_ns: int = 0
    ended_ns: int = 0
    submitted_ns: int | None = None
    acknowledged_after_ns: int | None = None
    http_ns: int | None = None
    first_fill_after_ns: int | None = None
    final_after_ns: int | None = None
    filled: str = ""
    average_price: str = ""
    slippage_bp: str = ""
    fees: dict[str, str] = field(default_factory=dict)
    fills: int = 0
    spans: int = 0
    logs: int = 0
    errors: int = 0


class Notice(NamedTuple):
    """Something the reader must know about the story. ``code`` is stable, ``text`` is for people."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Story:
    """An order, what happened to it in time order, what that comes to, and what is missing or odd."""

    order: Order
    steps: tuple[Step, ...]
    numbers: Numbers
    notices: tuple[Notice, ...] = ()
