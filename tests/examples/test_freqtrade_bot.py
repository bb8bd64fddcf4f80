"""The real bot, ``opentelemetry-instrument freqtrade trade``: in dry-run, live at the simulated venue, and crashing."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from otel_trading.demo.venue import DEMO_KEY, DEMO_SECRET
from otel_trading.semconv import attributes as a
from otel_trading.semconv import events
from otel_trading.telemetry.store import StoreReader
from tests.examples.freqtrade_runs import Line, Run, freqtrade

if TYPE_CHECKING:
    from otel_trading.telemetry.records import LogRecord, SpanRecord

pytestmark = pytest.mark.timeout(240)
MESSAGE = "trading.bot.message"
CRASHING = """
from freqtrade.strategy import IStrategy

class Crashing(IStrategy):
    timeframe = "1m"
    minimal_roi = {"0": 0.01}
    stoploss = -0.02
    process_only_new_candles = False
    turns = 0

    def informative_pairs(self):
        self.turns += 1
        if self.turns > 3:
            raise RuntimeError("out of tune")
        return []

    def populate_indicators(self, dataframe, metadata):
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        return dataframe / 0 if self.turns == 2 else [][self.turns]

    def populate_exit_trend(self, dataframe, metadata):
        return dataframe
"""


class Ended(NamedTuple):
    """What is left of a bot that has ended."""

    code: int
    run: Run
    console: str
    requests: list[str]


def ended(run: Run, code: int) -> Ended:
    return Ended(code, run, run.console, [f"{seen.method} {seen.path}" for seen in run.venue.requests])


@pytest.fixture(scope="module")
def dry(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """A run in dry-run: two entries, one exit with a profit and one by the stop-loss, whereupon a protection trips."""
    with freqtrade(tmp_path_factory.mktemp("dry") / "bot") as run:
        run.wait_for("'type': entry_fill", 2)
        run.venue.set_price("BTCUSDT", "62000")
        run.wait_for("'type': exit_fill")
        run.venue.set_price("ETHUSDT", "2900")
        run.wait_for("'type': protection_trigger_global")
        run.wait_for("Bot heartbeat")
        return ended(run, run.interrupt())


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """A live run at the simulated venue, with stop-loss orders there, until one trade has been closed at a profit."""
    kinds = {"entry": "limit", "exit": "limit", "stoploss": "limit", "stoploss_on_exchange": True}
    with freqtrade(tmp_path_factory.mktemp("live") / "bot", dry_run=False, order_types=kinds) as run:
        run.wait_for("stoploss limit order added", 2)
        run.venue.set_price("BTCUSDT", "62000")
        run.wait_for("'type': exit_fill")
        return ended(run, run.interrupt())


@pytest.fixture(scope="module")
def crashes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ended, Ended]:
    """The same crash without us and with us."""
    folder = tmp_path_factory.mktemp("crash")
    (folder / "strategies").mkdir()
    (folder / "strategies" / "crashing.py").write_text(CRASHING)
    found = []
    for watched in (False, True):
        with freqtrade(folder / f"bot-{watched}", "Crashing", folder / "strategies", watched=watched) as run:
            found.append(ended(run, run.end()))
    return found[0], found[1]


def stories(bot: Ended) -> list[dict[str, Any]]:
    return [bot.run.store.story(_id(event)) for event in bot.run.store.events(events.TRADING_ORDER_ACKNOWLEDGED)]


def _id(record: LogRecord | SpanRecord) -> str:
    return str(record.attributes[a.TRADING_ORDER_ID])


def messages(bot: Ended) -> list[tuple[str, str]]:
    """Return type and severity of the bot's messages."""
    told = bot.run.store.events(MESSAGE)
    return [(str(record.attributes[f"{MESSAGE}.type"]), record.severity_text) for record in told]


def last(bot: Ended, metric: str) -> dict[str, Any]:
    """Return the last data point of a metric that has one only."""
    (point,) = [
        found
        for export in list(StoreReader(bot.run.store.folder).metrics())[-1:]
        for resource in export["resourceMetrics"]
        for scope in resource["scopeMetrics"]
        for item in scope["metrics"]
        if item["name"] == metric
        for found in item["gauge"]["dataPoints"]
    ]
    return dict(point)


def test_each_order_in_dry_run_is_a_story_from_the_signal_to_the_fill_in_one_trace(dry: Ended) -> None:
    found = stories(dry)
    assert dry.code == 130, dry.console
    assert len(found) == 4
    for story in found:
        kinds = [step["kind"] for step in story["steps"] if step["kind"] in ("decision", "submit", "fill")]
        assert (kinds, story["status"]) == (["decision", "submit", "fill"], "filled")
        assert (len(story["trace_ids"]), story["strategy"], story["venue"]) == (1, "AlwaysIn", "binance")


def test_the_decision_is_the_tag_of_the_signal_or_the_reason_of_the_exit(dry: Ended) -> None:
    signals = [record.attributes[a.TRADING_DECISION_SIGNAL] for record in dry.run.store.events(events.TRADING_DECISION)]
    assert signals == ["volume", "volume", "roi", "stop_loss"]


def test_what_the_bot_logs_of_an_order_is_in_its_story(dry: Ended) -> None:
    (entry, *_rest) = stories(dry)
    logged = [step["body"] for step in entry["steps"] if step["kind"] == "log"]
    for words in ("Long signal found", "was created for BTC/USDT", "Fee for Trade", "LIMIT_BUY has been fulfilled"):
        assert [body for body in logged if words in body], words


def test_no_order_of_a_dry_run_reaches_the_venue(dry: Ended) -> None:
    assert [request for request in dry.requests if request.endswith("/order")] == []


def test_the_bots_messages_are_events_as_severe_as_they_are(dry: Ended) -> None:
    found = messages(dry)
    assert {("startup", "INFO"), ("warning", "WARN"), ("status", "INFO")} <= set(found)
    assert Counter(kind for kind, _ in found if kind.endswith("_fill")) == {"entry_fill": 2, "exit_fill": 2}
    tripped = [item for item in found if item[0].startswith("protection")]
    assert tripped == [("protection_trigger", "WARN"), ("protection_trigger_global", "WARN")]


def test_a_fill_message_is_in_the_story_of_the_order_that_was_filled(dry: Ended) -> None:
    filled = [_id(record) for record in dry.run.store.events(events.TRADING_ORDER_FILLED)]
    told = [
        _id(record) for record in dry.run.store.events(MESSAGE) if str(record.body).startswith(("entry f", "exit f"))
    ]
    assert told == filled


def test_the_profit_of_closed_trades_is_that_of_freqtrades_own_books(dry: Ended) -> None:
    point = last(dry, "trading.pnl.realized")
    profits = re.findall(r"'type': exit_fill.*?'profit_amount': (-?[\d.]+)", dry.console)
    assert len(profits) == 2
    assert point["asDouble"] == pytest.approx(sum(map(float, profits)), abs=1e-6)
    told = {item["key"]: item["value"].get("stringValue") for item in point["attributes"]}
    assert (told[a.TRADING_STRATEGY_ID], told[a.TRADING_CURRENCY]) == ("AlwaysIn", "USDT")


def test_the_last_turn_of_the_loop_has_an_age(dry: Ended) -> None:
    assert 0 <= last(dry, "trading.heartbeat.age")["asDouble"] < 30


def test_each_line_of_the_log_is_captured_once(dry: Ended) -> None:
    printed = Counter(line.logger for line in dry.run.lines())
    assert Counter(record.scope for record in dry.run.store.logs()) == printed


def test_no_secret_is_on_disk(dry: Ended, live: Ended) -> None:
    kept = "".join(path.read_text() for bot in (dry, live) for path in bot.run.store.folder.rglob("*.jsonl"))
    assert "AlwaysIn" in kept
    assert DEMO_KEY not in kept
    assert DEMO_SECRET not in kept


def test_each_live_order_is_told_once_and_has_a_request_of_both_libraries(live: Ended) -> None:
    store = live.run.store
    sent = live.requests.count("POST /api/v3/order")
    assert sent == 5  # two entries, two stop-losses, an exit
    assert len(store.events(events.TRADING_ORDER_SUBMITTED)) == sent
    spans = {span.span_id: span for span in store.spans() if span.name == "submit_order binance"}
    inner = [span for span in spans.values() if span.parent_span_id in spans]
    assert (len(spans), len(inner)) == (2 * sent, sent)


def test_a_stop_loss_at_the_venue_is_canceled_for_the_exit_in_its_own_trace(live: Ended) -> None:
    store = live.run.store
    (canceled,) = store.events(events.TRADING_ORDER_CANCELED)
    story = store.story(_id(canceled))
    assert (story["type"], story["status"], len(story["trace_ids"])) == ("stop_limit", "canceled", 1)


def test_fills_at_the_venue_are_told_once_though_each_turn_of_the_loop_asks_for_them(live: Ended) -> None:
    filled = Counter(_id(record) for record in live.run.store.events(events.TRADING_ORDER_FILLED))
    assert len(filled) == 3  # two entries and an exit
    quantities = [story["quantity"] for story in stories(live) if story["status"] == "filled"]
    assert len(quantities) == 3


def test_the_decision_is_in_the_trace_of_the_live_order(live: Ended) -> None:
    store = live.run.store
    decided = [record.trace_id for record in store.events(events.TRADING_DECISION)]
    of_limit_orders = [
        record.trace_id
        for record in store.events(events.TRADING_ORDER_SUBMITTED)
        if record.attributes[a.TRADING_ORDER_TYPE] == "limit"
    ]
    assert decided == of_limit_orders


def test_a_crash_that_ends_the_bot_is_told_with_its_stack(crashes: tuple[Ended, Ended]) -> None:
    _, watched = crashes
    (crash,) = watched.run.store.events(events.TRADING_BOT_UNHANDLED_EXCEPTION)
    assert "RuntimeError: out of tune" in str(crash.body)
    assert "in informative_pairs" in str(crash.attributes["exception.stacktrace"])
    assert crash.attributes[a.TRADING_STRATEGY_ID] == "Crashing"


def test_a_crash_that_the_bot_survives_is_a_record_with_its_stack(crashes: tuple[Ended, Ended]) -> None:
    _, watched = crashes
    survived = [record for record in watched.run.store.logs() if "Unexpected error" in str(record.body)]
    assert survived
    assert "in populate_entry_trend" in str(survived[0].attributes["exception.stacktrace"])
    assert survived[0].attributes[a.TRADING_STRATEGY_ID] == "Crashing"


def test_a_crash_ends_the_bot_as_it_would_without_us(crashes: tuple[Ended, Ended]) -> None:
    plain, watched = crashes
    assert (watched.code, plain.code) == (1, 1)
    assert Counter(map(comparable, watched.run.lines())) == Counter(map(comparable, plain.run.lines()))


def comparable(line: Line) -> Line:
    """Return a line without what differs from run to run."""
    return line._replace(text=re.sub(r"127\.0\.0\.1:\d+|bot-\w+|\d+\.\d+s|-?\d+ms|0x\w+|PID=\d+", "*", line.text))
