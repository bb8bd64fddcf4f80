"""A panel, and what Grafana is told of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from string import ascii_uppercase
from typing import TYPE_CHECKING, Final

from grafana_foundation_sdk.builders import loki as loki_builders
from grafana_foundation_sdk.builders import prometheus as prometheus_builders
from grafana_foundation_sdk.models import common, dashboard, prometheus, tempo

from dashboards import links
from dashboards.queries import WHOLE, is_not
from otel_trading.semconv import attributes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grafana_foundation_sdk.cog.variants import Dataquery

    from dashboards.queries import Query

SOURCES: Final = ("prometheus", "loki", "tempo")
SHAPES: Final = {
    "time_series": prometheus.PromQueryFormat.TIME_SERIES,
    "heatmap": prometheus.PromQueryFormat.HEATMAP,
    "table": prometheus.PromQueryFormat.TABLE,
}
MIXED: Final = "-- Mixed --"
NO_DATA: Final = "Nothing here in this time range, for what is chosen above"
_SPELLED: Final = {"min": "min_val", "max": "max_val"}  # by the SDK
Properties = dict[str, object]
_CERTAIN: Final = is_not(attributes.TRADING_STRATEGY_ID, "")
"""Many bots name no strategy. A link goes by it only where the query asks for series that have one."""


@dataclass(frozen=True)
class Panel:
    """One panel. ``says`` tells what it shows, ``do`` what to do when it looks wrong; both stand in its description.

    ``spans`` and ``lines`` are the conditions, in TraceQL and LogQL, of what lies behind its series: links lead there.
    ``None`` leaves a link out.
    """

    kind: str
    title: str
    says: str
    do: str
    queries: tuple[Query, ...] = ()
    unit: str = "none"
    width: int = 12
    height: int = 8
    options: object = None
    custom: object = None
    defaults: Properties = field(default_factory=dict)
    steps: tuple[tuple[float | None, str], ...] = ()
    mappings: tuple[dashboard.ValueMapping, ...] = ()
    overrides: tuple[dashboard.DashboardFieldConfigSourceOverrides, ...] = ()
    transformations: tuple[dashboard.DataTransformerConfig, ...] = ()
    spans: str | None = None
    lines: str | None = None
    links: tuple[dashboard.DashboardLink, ...] = ()
    no_data: str = NO_DATA
    interval: str | None = None
    repeat: str | None = None

    def common_by(self) -> tuple[str, ...]:
        """Return the attributes that every series of the panel has; a link can go by those only."""
        split = [query.by for query in self.queries if not query.line]
        return tuple(each for each in (split[0] if split else ()) if all(each in by for by in split))

    def ways_on(self) -> Iterator[dashboard.DashboardLink]:
        """Yield the links of the panel's series."""
        by = self.common_by()
        if not all(_CERTAIN in query.expr for query in self.queries if not query.line):
            by = tuple(each for each in by if each != attributes.TRADING_STRATEGY_ID)
        row = self.kind == "table"
        if self.spans is not None:
            yield links.to_spans(by, self.spans, row=row)
        if self.lines is not None:
            yield links.to_lines(by, self.lines, row=row)
        yield from self.links

    def model(self, number: int, x: int, y: int) -> dashboard.Panel:
        """Return the panel as Grafana has it, at a place of the grid."""
        targets = [_target(query, letter) for query, letter in zip(self.queries, ascii_uppercase, strict=False)]
        return dashboard.Panel(
            id_val=number,
            type_val=self.kind,
            title=self.title,
            description=f"{self.says}\n\n**What to do:** {self.do[:1].upper()}{self.do[1:]}",
            datasource=self._source(),
            targets=list(targets) or None,
            grid_pos=dashboard.GridPos(x=x, y=y, w=self.width, h=self.height),
            options=self.options,
            field_config=self._field_config(),
            transformations=list(self.transformations) or None,
            interval=self.interval,
            repeat=self.repeat,
            repeat_direction="h" if self.repeat else None,
        )

    def _source(self) -> common.DataSourceRef | None:
        """Return the source of all queries; Grafana asks one alone unless told that they are mixed."""
        sources = {query.source for query in self.queries}
        if len(sources) > 1:
            return common.DataSourceRef(type_val="datasource", uid=MIXED)
        return next((common.DataSourceRef(type_val=source, uid=source) for source in sources), None)

    def _field_config(self) -> dashboard.FieldConfigSource:
        defaults = dashboard.FieldConfig(
            unit=self.unit,
            no_value=self.no_data,
            thresholds=dashboard.ThresholdsConfig(
                mode=dashboard.ThresholdsMode.ABSOLUTE,
                steps=[dashboard.Threshold(value=value, color=color) for value, color in self.steps]
                or [dashboard.Threshold(value=None, color="text")],
            ),
            mappings=list(self.mappings),
            links=list(self.ways_on()) or None,
            custom=self.custom,
        )
        for name, value in self.defaults.items():
            spelled = _SPELLED.get(name, name)
            if not hasattr(defaults, spelled):
                raise AttributeError(name)
            setattr(defaults, spelled, value)
        dashed = [_dashed(letter) for query, letter in zip(self.queries, ascii_uppercase, strict=False) if query.line]
        return dashboard.FieldConfigSource(defaults=defaults, overrides=[*self.overrides, *dashed])


def override(matcher: str, options: object, **properties: object) -> dashboard.DashboardFieldConfigSourceOverrides:
    """Say something else of some fields; ``custom__width`` is Grafana's ``custom.width``."""
    return dashboard.DashboardFieldConfigSourceOverrides(
        matcher=dashboard.MatcherConfig(id_val=matcher, options=options),
        properties=[
            dashboard.DynamicConfigValue(id_val=name.replace("__", "."), value=value)
            for name, value in properties.items()
        ],
    )


def _dashed(letter: str) -> dashboard.DashboardFieldConfigSourceOverrides:
    return override(
        "byFrameRefID",
        letter,
        color={"mode": "fixed", "fixedColor": "dark-red"},
        custom__lineStyle={"fill": "dash", "dash": [8, 6]},
        custom__lineWidth=1,
        custom__fillOpacity=0,
        custom__showPoints="never",
        custom__stacking={"mode": "none", "group": "thresholds"},
        custom__drawStyle="line",
        links=[],
    )


def _target(query: Query, letter: str) -> Dataquery:
    source = common.DataSourceRef(type_val=query.source, uid=query.source)
    if query.source == "prometheus":
        asked = (
            prometheus_builders.Dataquery()
            .ref_id(letter)
            .datasource(source)
            .expr(query.expr)
            .format(SHAPES[query.shape])
            .editor_mode(prometheus.QueryEditorMode.CODE)
            .exemplar(query.exemplars)
        )
        if query.legend:
            asked.legend_format(query.legend)
        return (asked.instant() if query.instant else asked.range()).build()
    if query.source == "loki":
        lines = loki_builders.Dataquery().ref_id(letter).datasource(source).expr(query.expr)
        lines.query_type("instant" if query.instant else "range")
        if query.legend:
            lines.legend_format(query.legend)
        if query.limit:
            lines.max_lines(query.limit)
        if query.once:
            lines.step(WHOLE)
        return lines.build()
    return tempo.Dataquery(
        ref_id=letter,
        datasource=source,
        query_type="traceql",
        query=query.expr,
        limit=query.limit or None,
        spss=query.within if query.limit else None,
        table_type=tempo.SearchTableType.SPANS if query.limit else None,
    )
