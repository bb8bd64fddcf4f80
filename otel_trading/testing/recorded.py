"""What a test looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from otel_trading.story.as_json import story_object
from otel_trading.story.assemble import stories
from otel_trading.story.find import find_stories
from otel_trading.story.surroundings import with_surroundings
from otel_trading.testing.memory import Memory
from otel_trading.testing.steady import steady as with_steady_times

if TYPE_CHECKING:
    from otel_trading.semconv.instrument import Instrument
    from otel_trading.story.model import Story
    from otel_trading.telemetry.records import LogRecord, SpanRecord
    from otel_trading.testing.figures import Figures, Point
    from otel_trading.testing.kept import Kept


class RecordedOrders:
    """What was recorded so far, as it would be stored: stamped with its order, joined to it, and masked.

    Records are plain (:mod:`otel_trading.telemetry.records`): times are nanoseconds since the epoch, ids are hex
    digits, attributes a dictionary. Trace and span ids count up from 1. A span is there once it has ended. All may be
    read while the bot runs, and after the recording.

    With ``steady`` the times of a story are the same in every run, a millisecond from each moment to the next.
    """

    def __init__(self, kept: Kept, figures: Figures) -> None:
        self._kept = kept
        self._figures = figures

    def story(self, any_id: str, *, venue: str = "", symbol: str = "", steady: bool = False) -> Story:
        """Return the story of the order that has this client id, venue id or trace id.

        Raises LookupError where no order has it, or where several have; ``venue`` and ``symbol`` tell them apart.
        """
        found = find_stories(self._memory(steady=steady), any_id, venue=venue, symbol=symbol).stories
        if len(found) != 1:
            number = f"{len(found)} orders have" if found else "no order has"
            raise LookupError(f"{number} the id {any_id!r}; recorded are: {'; '.join(map(_named, self.stories()))}")
        return found[0]

    def stories(self, *, steady: bool = False) -> list[Story]:
        """Return the stories of all orders, the first begun first."""
        memory = self._memory(steady=steady)
        return [with_surroundings(memory, story) for story in stories(list(memory.spans()), list(memory.logs()))]

    def text(self, any_id: str, *, venue: str = "", symbol: str = "", width: int = 80) -> str:
        """Return an order's story as ``otel-trading order`` shows it on ``width`` columns, with steady times.

        Raises LookupError as :meth:`story` does.
        """
        from otel_trading.testing.text import as_text  # noqa: PLC0415 - loads the command line's renderer

        return as_text(self.story(any_id, venue=venue, symbol=symbol, steady=True), width)

    def json(self, any_id: str, *, venue: str = "", symbol: str = "") -> dict[str, Any]:
        """Return an order's story as the object that ``otel-trading order --json`` writes, with steady times.

        Raises LookupError as :meth:`story` does.
        """
        return story_object(self.story(any_id, venue=venue, symbol=symbol, steady=True))

    def spans(self, name: str | None = None) -> list[SpanRecord]:
        """Return the spans that have ended, of this name where one is given, in the order in which they began."""
        return [kept.record for kept in self._kept.records().spans if name in (None, kept.record.name)]

    def events(self, name: str | None = None) -> list[LogRecord]:
        """Return the events, of this name where one is given (``trading.order.filled``), in the order of time."""
        return [record for record in self._logs() if record.event_name and name in (None, record.event_name)]

    def logs(self) -> list[LogRecord]:
        """Return what the bot logged and no event is, in the order of time."""
        return [record for record in self._logs() if not record.event_name]

    def metric(self, name: Instrument | str, **attributes: Any) -> float:
        """Return a metric's value: the sum of a counter, how many values a histogram took, what a gauge stands at.

        Only data points that have ``attributes`` among theirs count; their names have dots, so give them as
        ``**{"trading.venue": "binance"}``. Raises LookupError for a metric that neither this distribution has nor
        anybody recorded, and for a gauge unless exactly one value fits.
        """
        return self._figures.value(name, attributes)

    def points(self, name: Instrument | str, **attributes: Any) -> list[Point]:
        """Return the SDK's data points of a metric that have ``attributes`` among theirs, whole and never cleared."""
        return self._figures.points(name, attributes)

    def clear(self) -> None:
        """Forget what was recorded so far; counters and histograms count from here.

        What is a state stays: the orders that the bot knows, what gauges stand at, ids that count up.
        """
        self._kept.clear()
        self._figures.clear()

    def _logs(self) -> list[LogRecord]:
        return [kept.record for kept in self._kept.records().logs]

    def _memory(self, *, steady: bool) -> Memory:
        records = self._kept.records()
        return Memory(with_steady_times(records) if steady else records)


def _named(story: Story) -> str:
    order = story.order
    place = " ".join(filter(None, (order.venue, order.symbol)))
    return f"{', '.join((*order.client_ids, *order.venue_ids) or order.trace_ids)} ({place})"
