"""Builders of queries. What a panel asks is built here, so that one reading of the stores holds for all boards.

**Counts are exact.** ``rate()`` and ``increase()`` never see the first value of a series, so the first reject of a
category, the first gap, and all that a bot counted in its first seconds would be missing. Each process of a bot has
series of its own (``service.instance.id``) that begin at zero. So what was counted in a window is the last value less
the one at the window's beginning, or the whole last value where the series began within it: ``counted()``.

**What is said now is what was said lately.** A gauge is looked at over ``$__rate_interval``, not over Prometheus's five
minutes, or after a restart both processes of a bot would be added up.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from dashboards.names import EVENT, LEVEL, SERVICE, THRESHOLD, label, labels_of, series
from dashboards.variables import BY_ATTRIBUTE, matchers
from otel_trading.semconv import attributes

if TYPE_CHECKING:
    from otel_trading.semconv.instrument import Instrument

Source = Literal["prometheus", "loki", "tempo"]
WINDOW = "$__rate_interval"
WHOLE = "$__range"
_OF_STREAMS = re.compile(rf'(?:{EVENT}|{LEVEL})(?:=~?|!=|!~)"[^"]*"')
_CONTEXT = (SERVICE, attributes.TRADING_SYMBOL, attributes.TRADING_ORDER_CLIENT_ID)
_LATELY = 2  # minutes: twice the longest interval at which a bot usually sends metrics


@dataclass(frozen=True)
class Query:
    """What a panel asks one data source.

    ``by`` are the attributes that tell its series apart: links are made from them. ``empty`` says why it may return
    nothing on a desk where all is well, or where a bot does not tell what is asked for; otherwise it has to return
    something in the proof on real stores.
    """

    source: Source
    expr: str
    legend: str = ""
    by: tuple[str, ...] = ()
    instant: bool = False
    shape: Literal["time_series", "heatmap", "table"] = "time_series"
    exemplars: bool = False
    limit: int = 0
    within: int = 10
    """How many spans of a trace are returned at most."""
    empty: str = ""
    line: bool = False
    """Whether it is a threshold, drawn as a dashed line."""
    once: bool = False
    """Whether Loki is asked for one point of the whole time range: of an instant query Grafana makes a table, and the
    legend, which names the series, is lost."""

    def table(self) -> Query:
        """Return the query as one row for each series, for a table."""
        return replace(self.now(), shape="table")

    def now(self) -> Query:
        """Return the query as one value for each series, at the end of the time range.

        Grafana's window would grow with the time range, and with it what a gauge said "lately".
        """
        lately = self.expr.replace(f"{WINDOW}_ms", str(_LATELY * 60000))
        return replace(self, instant=True, expr=lately.replace(WINDOW, f"{_LATELY}m"))

    def may_be_empty(self, why: str) -> Query:
        """Return the query with the reason why it may find nothing."""
        return replace(self, empty=why)


def prom(expr: str, legend: str = "", by: tuple[str, ...] = (), *, exemplars: bool = False, empty: str = "") -> Query:
    """Ask Prometheus; without a ``legend`` it is made from ``by``."""
    return Query("prometheus", expr, legend or legend_of(by), by, exemplars=exemplars, empty=empty)


def logs(expr: str, *, limit: int = 500, empty: str = "") -> Query:
    """Ask Loki for lines."""
    return Query("loki", expr, limit=limit, empty=empty)


def spans(expr: str, *, limit: int = 50, within: int = 10, empty: str = "") -> Query:
    """Ask Tempo for spans: of up to ``limit`` traces, up to ``within`` of each."""
    return Query("tempo", expr, limit=limit, within=within, empty=empty, shape="table")


def log_series(expr: str, legend: str = "", by: tuple[str, ...] = (), *, empty: str = "") -> Query:
    """Ask Loki for numbers."""
    return Query("loki", expr, legend or legend_of(by), by, empty=empty)


def threshold(name: str, legend: str = "alert", times: str = "", *, near: str = "") -> Query:
    """Draw the threshold of an alert rule; ``times`` scales it, as in ``"* 10000"``.

    With ``near`` only once that value is within a third of it: else a chart would show nothing but the line.
    """
    expr = " ".join(filter(None, (f'sum({THRESHOLD}{{threshold="{name}"}})', times)))
    if not near:
        return Query("prometheus", expr, legend, line=True)
    drawn = f"{expr} and on () (max({near}) > {expr} / 3)"
    return Query("prometheus", drawn, legend, line=True, empty="drawn when the value comes near to it")


def legend_of(by: tuple[str, ...]) -> str:
    """Return a legend with the values of these attributes."""
    return " ".join(f"{{{{{label(each)}}}}}" for each in by)


def is_(attribute: str, *values: str) -> str:
    """Match series with one of these values."""
    if len(values) == 1:
        return f"{label(attribute)}={json.dumps(values[0])}"
    return f"{label(attribute)}=~{json.dumps('|'.join(values))}"


def is_not(attribute: str, *values: str) -> str:
    """Match series with none of these values; ``is_not(x, "")`` those that have the label."""
    if len(values) == 1:
        return f"{label(attribute)}!={json.dumps(values[0])}"
    return f"{label(attribute)}!~{json.dumps('|'.join(values))}"


def chosen(metric: Instrument, *where: str, part: str = "") -> str:
    """Select a metric's series for what the variables choose; ``part`` is ``_bucket``, ``_sum`` or ``_count``."""
    return f"{series(metric)}{part}{{{', '.join((*matchers(labels_of(metric)), *where))}}}"


def counted_in(selector: str, window: str = WINDOW) -> str:
    """Return how much each counter of a selector rose within a window, its first value included."""
    last = f"last_over_time({selector}[{window}])"
    return f"(({last} - {selector} offset {window}) >= 0 or {last})"


def grouped(expr: str, by: tuple[str, ...], function: str = "sum") -> str:
    """Add up (or take the ``max`` …) by attributes."""
    return f"{function} by ({', '.join(map(label, by))}) ({expr})" if by else f"{function}({expr})"


def counted(metric: Instrument, *where: str, by: tuple[str, ...] = (), window: str = WHOLE, part: str = "") -> str:
    """Return how many there were in a window: by default in the whole time range."""
    return grouped(counted_in(chosen(metric, *where, part=part), window), by)


def per_minute(metric: Instrument, *where: str, by: tuple[str, ...] = (), part: str = "") -> str:
    """Return how many there are in a minute."""
    return f"{counted(metric, *where, by=by, window=WINDOW, part=part)} * 60000 / $__rate_interval_ms"


def buckets(metric: Instrument, *where: str, by: tuple[str, ...] = (), window: str = WINDOW) -> str:
    """Return a histogram's counts within a window, by upper bound and attributes."""
    return grouped(counted_in(chosen(metric, *where, part="_bucket"), window), ("le", *by))


def quantile(share: float, metric: Instrument, *where: str, by: tuple[str, ...] = (), window: str = WINDOW) -> str:
    """Return a quantile of a histogram within a window; nothing where it counted nothing, which would be NaN."""
    return f"(histogram_quantile({share}, {buckets(metric, *where, by=by, window=window)}) >= 0)"


def mean(metric: Instrument, *where: str, by: tuple[str, ...] = (), window: str = WINDOW) -> str:
    """Return the mean of a histogram within a window."""
    total = counted(metric, *where, by=by, window=window, part="_sum")
    return f"{total} / ({counted(metric, *where, by=by, window=window, part='_count')} > 0)"


def ratio(part: str, whole: str) -> str:
    """Return a share; nothing where the whole is nothing."""
    return f"({part}) / (({whole}) > 0)"


def or_zero(expr: str) -> str:
    """Return 0 where there is no series: for counts of what may never have happened."""
    return f"({expr}) or vector(0)"


def latest(
    metric: Instrument, *where: str, by: tuple[str, ...] = (), function: str = "sum", window: str = WINDOW
) -> str:
    """Return what a gauge or an up-down counter says, added up over the processes that say it."""
    return grouped(f"last_over_time({chosen(metric, *where)}[{window}])", by, function)


def lines(*filters: str, services: str = "$bot") -> str:
    """Select log lines of the chosen bots, with these filters.

    One on the labels of a stream alone becomes part of the selector: what it leaves out is not read.
    """
    bots = f'{label(SERVICE)}=~"{services}"'
    environment = 'deployment_environment_name=~"$environment"'
    of_streams = [each for each in filters if _OF_STREAMS.fullmatch(each)]
    others = [each for each in filters if each not in of_streams]
    return " | ".join((f"{{{', '.join((bots, environment, *of_streams))}}}", *others))


def in_context() -> str:
    """Begin each line with who says it and of which order; what a line has not is left out."""
    known = (f"{{{{ with .{label(each)} }}}}{{{{ . }}}}  {{{{ end }}}}" for each in _CONTEXT)
    return f"line_format `{''.join(known)}{{{{ __line__ }}}}`"


def events(*names: str, carried: tuple[str, ...] = ()) -> str:
    """Select events by name; ``carried`` are attributes whose variables narrow them."""
    asked = [f'{label(each)}=~"${BY_ATTRIBUTE[each].name}"' for each in carried]
    return lines(is_(EVENT, *names), *asked)
