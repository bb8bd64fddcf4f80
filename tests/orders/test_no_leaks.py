"""Nothing of one order is ever on a record of another, however many are at work at once."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry import trace

from otel_trading import Order, order, settings
from otel_trading.semconv import attributes as names
from otel_trading.telemetry import logs
from tests.recording import Recorded, attributes

if TYPE_CHECKING:
    from collections.abc import Iterator

TASKS, THREADS = 200, 50
_log = logging.getLogger("bot")


@pytest.fixture
def logging_recorded(recorded: Recorded) -> Iterator[Recorded]:
    """The bot's logging is captured as in a process that the configurator set up."""
    _log.setLevel(logging.INFO)
    logs.install(settings.current())
    yield recorded
    logs.uninstall()
    _log.setLevel(logging.NOTSET)


def assert_no_record_has_the_ids_of_another(recorded: Recorded, records_of_each: int) -> None:
    """Each span and record says in its own words (name or body) whose it is: "… cl-7"."""
    seen: dict[str, int] = {}
    said: list[tuple[Any, dict[str, Any]]] = [(span.name, attributes(span)) for span in recorded.spans()]
    said += [(record.body, attributes(record)) for record in recorded.logs()]
    for text, found in said:
        mine = str(text).split()[-1]
        if mine.startswith("cl-"):
            assert found[names.TRADING_ORDER_CLIENT_ID] == mine
            assert found[names.TRADING_STRATEGY_ID] == f"strategy of {mine}"
            seen[mine] = seen.get(mine, 0) + 1
    for event in recorded.events():
        found = attributes(event)
        mine = found[names.TRADING_ORDER_CLIENT_ID]
        assert found.get(names.TRADING_ORDER_ID, f"venue's {mine}") == f"venue's {mine}"
        seen[mine] += 1
    assert set(seen.values()) == {records_of_each}


def _report_from_elsewhere(this: Order) -> None:
    this.acknowledged(id=f"venue's {this.client_id}")


def test_two_hundred_tasks_keep_their_records_apart(logging_recorded: Recorded) -> None:
    tracer = trace.get_tracer("bot")

    async def trade(number: int) -> None:
        client_id = f"cl-{number}"
        with order(client_id=client_id, strategy=f"strategy of {client_id}") as this:
            await asyncio.sleep(number * 7 % 11 / 1000)
            with tracer.start_as_current_span(f"risk of {client_id}"):
                _log.info("sending %s", client_id)
                await asyncio.sleep(number * 5 % 13 / 1000)
                this.submitted()
            _log.info("sent %s", client_id)
        _report_from_elsewhere(this)

    async def main() -> None:
        await asyncio.gather(*(trade(number) for number in range(TASKS)))

    asyncio.run(main())
    assert_no_record_has_the_ids_of_another(logging_recorded, records_of_each=5)


@pytest.mark.usefixtures("threads_inherit")
def test_fifty_threads_keep_their_records_apart(logging_recorded: Recorded) -> None:
    tracer = trace.get_tracer("bot")
    ready = threading.Barrier(THREADS)
    done: list[Order] = []

    def trade(client_id: str) -> None:
        ready.wait()
        with order(client_id=client_id, strategy=f"strategy of {client_id}") as this:
            time.sleep(0)
            with tracer.start_as_current_span(f"risk of {client_id}"):
                _log.info("sending %s", client_id)
                helper = threading.Thread(target=_log.info, args=("sent %s", client_id))
                helper.start()
                helper.join()
                this.submitted()
        done.append(this)

    threads = [threading.Thread(target=trade, args=(f"cl-{number}",)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with ThreadPoolExecutor(4) as feeds:
        list(feeds.map(_report_from_elsewhere, done))
    assert_no_record_has_the_ids_of_another(logging_recorded, records_of_each=5)
