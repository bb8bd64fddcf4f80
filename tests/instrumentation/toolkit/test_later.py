"""A request is watched until its answer, whichever thread takes it, and however early or late that is."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry import context as otel

from otel_trading.instrumentation.toolkit import later
from otel_trading.instrumentation.toolkit.later import Waiting
from otel_trading.instrumentation.toolkit.patching import Patches
from otel_trading.instrumentation.toolkit.terms import Fields
from otel_trading.instrumentation.toolkit.wrapping import Outcome, watched
from otel_trading.orders.context import use_value

if TYPE_CHECKING:
    from collections.abc import Callable

    from otel_trading.instrumentation.toolkit.layers import Watching
    from otel_trading.instrumentation.toolkit.wrapping import Call

KEY = otel.create_key("at-work")


class Client:
    """A library whose method only sends; ``sending`` is what it does meanwhile."""

    def __init__(self, sending: Callable[[], None]) -> None:
        self.sending = sending

    def send(self) -> int:
        """Send a request."""
        self.sending()
        return 42


class Desk:
    """An operation that keeps how each call ended, and the value that was current then."""

    def __init__(self) -> None:
        self.waiting = Waiting()
        self.ended: list[tuple[Outcome, object, int]] = []

    def operation(self, _fields: Fields, call: Call) -> Watching:
        """Watch a call."""
        with use_value(KEY, call.name):
            outcome = yield
            self.ended.append((outcome, otel.get_value(KEY), threading.get_ident()))

    def send(self, sending: Callable[[], None] = lambda: None) -> Any:
        """Have the library send a request under the operation."""
        patches = Patches()
        patches.active = True
        operation = self.waiting.sent_by(self.operation)
        client = Client(sending)
        assert watched(vars(Client)["send"], lambda call: operation(Fields(), call), patches)(client) == 42
        return client


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_the_operation_ends_with_the_answer_in_its_own_context_on_the_thread_that_takes_it(desk: Desk) -> None:
    desk.send(lambda: desk.waiting.named("r1"))
    assert (desk.ended, otel.get_value(KEY)) == ([], None)
    thread = threading.Thread(target=lambda: desk.waiting.answered("r1", Outcome("yes")))
    thread.start()
    thread.join()
    assert desk.ended == [(Outcome("yes"), "send", thread.ident)]


def test_while_the_library_sends_the_operations_context_is_current(desk: Desk) -> None:
    seen: list[object] = []
    desk.send(lambda: seen.append(otel.get_value(KEY)))
    assert seen == ["send"]


def test_an_answer_that_is_faster_than_the_id_is_not_lost(desk: Desk) -> None:
    def send() -> None:
        assert desk.waiting.answered("r1", Outcome("yes")) is None
        desk.waiting.named("r1")

    desk.send(send)
    assert [outcome for outcome, *_ in desk.ended] == [Outcome("yes")]


def test_an_answer_settles_its_request_once(desk: Desk) -> None:
    desk.send(lambda: desk.waiting.named("r1"))
    assert desk.waiting.answered("r1", Outcome("yes")) is not None
    assert desk.waiting.answered("r1", Outcome("again")) is None
    desk.waiting.give_up()
    assert len(desk.ended) == 1


def test_an_answer_to_nothing_is_not_kept(desk: Desk) -> None:
    assert desk.waiting.answered("r1", Outcome("yes")) is None
    desk.send(lambda: desk.waiting.named("r1"))
    assert desk.ended == []


def test_a_lost_connection_settles_what_was_sent_over_it_and_nothing_else(desk: Desk) -> None:
    gone = desk.send(lambda: desk.waiting.named("r1"))
    desk.send(lambda: desk.waiting.named("r2"))
    error = ConnectionResetError("gone")
    desk.waiting.lost(gone, error)
    assert [outcome for outcome, *_ in desk.ended] == [Outcome(error=error)]


def test_a_connection_that_is_lost_before_the_id_is_known_settles_its_request(desk: Desk) -> None:
    patches = Patches()
    patches.active = True
    operation = desk.waiting.sent_by(desk.operation)
    error = ConnectionResetError("gone")

    def send() -> None:
        desk.waiting.lost(client, error)
        desk.waiting.named("r1")

    client = Client(send)
    watched(vars(Client)["send"], lambda call: operation(Fields(), call), patches)(client)
    assert [outcome for outcome, *_ in desk.ended] == [Outcome(error=error)]


def test_what_waits_too_long_is_settled_when_the_next_is_sent(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.send(lambda: desk.waiting.named("r1"))
    monkeypatch.setattr(later, "ANSWER_SECONDS", 0.0)
    desk.send(lambda: desk.waiting.named("r2"))
    ((outcome, *_),) = desk.ended
    assert isinstance(outcome.error, TimeoutError)


def test_an_error_of_the_sending_ends_the_operation_at_once(desk: Desk) -> None:
    def fail() -> None:
        desk.waiting.named("r1")
        raise OSError("closed")

    with pytest.raises(OSError, match="closed"):
        desk.send(fail)
    ((outcome, *_),) = desk.ended
    assert isinstance(outcome.error, OSError)
    assert desk.waiting.answered("r1", Outcome("late")) is None


def test_a_request_without_an_id_is_not_waited_for(desk: Desk) -> None:
    desk.send()
    ((outcome, *_),) = desk.ended
    assert isinstance(outcome.error, TimeoutError)
