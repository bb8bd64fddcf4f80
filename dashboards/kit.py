"""Makers of panels: each kind once, so that all boards look alike.

Every maker takes what the panel says and what to do then, its queries, its unit, and what lies behind its series.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from grafana_foundation_sdk.models import bargauge, common, dashboard, heatmap, logs, stat, statetimeline, table
from grafana_foundation_sdk.models import timeseries as series

from dashboards.panel import Panel, override

if TYPE_CHECKING:
    from dashboards.queries import Query

GOOD: Final = "green"
WARN: Final = "orange"
BAD: Final = "red"
OFF: Final = "text"
PER_MINUTE: Final = "suffix:/min"


def plot(title: str, says: str, do: str, *queries: Query, stacked: bool = False, **more: Any) -> Panel:
    """Draw lines over time."""
    return _over_time((title, says, do), queries, common.GraphDrawStyle.LINE, stacked, more)


def bars(title: str, says: str, do: str, *queries: Query, stacked: bool = True, **more: Any) -> Panel:
    """Draw bars over time: for what is counted."""
    return _over_time((title, says, do), queries, common.GraphDrawStyle.BARS, stacked, more)


def _over_time(
    told: tuple[str, str, str],
    queries: tuple[Query, ...],
    style: common.GraphDrawStyle,
    stacked: bool,
    more: dict[str, Any],
) -> Panel:
    drawn = common.GraphFieldConfig(
        draw_style=style,
        line_width=1 if style is common.GraphDrawStyle.BARS else 2,
        line_interpolation=common.LineInterpolation.LINEAR,
        fill_opacity=70 if style is common.GraphDrawStyle.BARS else (30 if stacked else 8),
        gradient_mode=common.GraphGradientMode.NONE,
        show_points=common.VisibilityMode.AUTO,  # a bot's first value is a point, not a line
        point_size=5,
        span_nulls=False,
        stacking=common.StackingConfig(
            mode=common.StackingMode.NORMAL if stacked else common.StackingMode.NONE, group="A"
        ),
        axis_soft_min=more.pop("soft_min", 0),
        axis_soft_max=more.pop(
            "soft_max", 1 if style is common.GraphDrawStyle.BARS else None
        ),  # of 0 alone it makes 100
        axis_centered_zero=more.pop("centered", None),
        axis_border_show=False,
        thresholds_style=common.GraphThresholdsStyleConfig(mode=common.GraphThresholdsStyleMode.OFF),
    )
    options = series.Options(
        legend=common.VizLegendOptions(
            display_mode=common.LegendDisplayMode.LIST,  # a table takes half of a chart's height
            placement=common.LegendPlacement.BOTTOM,
            show_legend=True,
            # The last bar is of a minute that is not over, and names alone find room on a phone.
            calcs=[] if style is common.GraphDrawStyle.BARS else ["lastNotNull"],
        ),
        tooltip=common.VizTooltipOptions(mode=common.TooltipDisplayMode.MULTI, sort=common.SortOrder.DESCENDING),
    )
    return Panel("timeseries", *told, queries, options=options, custom=drawn, **more)


def stat_panel(title: str, says: str, do: str, *queries: Query, **more: Any) -> Panel:
    """Show one number, or one for each series, in large; its colour is its state."""
    more = {"width": 4, "height": 4, "no_data": "-", **more}
    graph = common.BigValueGraphMode.AREA if more.pop("graph", False) else common.BigValueGraphMode.NONE
    color = common.BigValueColorMode.BACKGROUND if more.pop("filled", False) else common.BigValueColorMode.VALUE
    rows = any(query.source == "loki" and query.instant for query in queries)  # Grafana makes a table of these
    options = stat.Options(
        graph_mode=graph,
        color_mode=color,
        justify_mode=common.BigValueJustifyMode.AUTO,
        text_mode=more.pop("text_mode", common.BigValueTextMode.AUTO),
        wide_layout=False,  # the name above the value: beside it, it takes half of its size
        reduce_options=common.ReduceDataOptions(values=rows, calcs=["lastNotNull"], fields=""),
        orientation=common.VizOrientation.AUTO,
    )
    return Panel("stat", title, says, do, queries, options=options, **more)


def gauges(title: str, says: str, do: str, *queries: Query, **more: Any) -> Panel:
    """Show one bar for each series, against its maximum: for shares of limits."""
    options = bargauge.Options(
        display_mode=common.BarGaugeDisplayMode.BASIC,
        value_mode=common.BarGaugeValueMode.TEXT,
        name_placement=common.BarGaugeNamePlacement.TOP,
        sizing=common.BarGaugeSizing.AUTO,
        reduce_options=common.ReduceDataOptions(values=False, calcs=["lastNotNull"], fields=""),
        orientation=common.VizOrientation.HORIZONTAL,
        text=common.VizTextDisplayOptions(title_size=14, value_size=18),  # else two bars shout, and ten whisper
        legend=common.VizLegendOptions(
            show_legend=False,
            display_mode=common.LegendDisplayMode.LIST,
            placement=common.LegendPlacement.BOTTOM,
            calcs=[],
        ),
    )
    return Panel("bargauge", title, says, do, queries, options=options, **more)


def heat(title: str, says: str, do: str, query: Query, *, unit: str = "s", **more: Any) -> Panel:
    """Show a histogram over time; its points are exemplars, which lead to their traces."""
    options = heatmap.Options(
        calculate=False,
        color=heatmap.HeatmapColorOptions(
            mode=heatmap.HeatmapColorMode.SCHEME,
            scheme="Oranges",
            fill="dark-orange",
            scale=heatmap.HeatmapColorScale.EXPONENTIAL,
            exponent=0.5,
            steps=64,
        ),
        filter_values=heatmap.FilterValueRange(le=1e-9),
        rows_frame=heatmap.RowsHeatmapOptions(layout=common.HeatmapCellLayout.AUTO),
        cell_gap=1,
        cell_values=heatmap.CellValues(unit="none", decimals=0),
        y_axis=heatmap.YAxisConfig(unit=unit, axis_placement=common.AxisPlacement.LEFT),
        legend=heatmap.HeatmapLegend(show=True),
        tooltip=heatmap.HeatmapTooltip(mode=common.TooltipDisplayMode.SINGLE, y_histogram=True, show_color_scale=False),
        exemplars=heatmap.ExemplarConfig(color="rgba(60, 160, 255, 0.9)"),
    )
    custom = heatmap.FieldConfig(
        scale_distribution=common.ScaleDistributionConfig(type_val=common.ScaleDistribution.LINEAR),
        hide_from=common.HideSeriesConfig(tooltip=False, legend=False, viz=False),
    )
    return Panel("heatmap", title, says, do, (query,), unit=unit, options=options, custom=custom, **more)


def states(title: str, says: str, do: str, *queries: Query, **more: Any) -> Panel:
    """Show a band for each series, coloured by its state."""
    options = statetimeline.Options(
        show_value=common.VisibilityMode.NEVER,
        row_height=0.8,
        merge_values=True,
        align_value=common.TimelineValueAlignment.LEFT,
        legend=common.VizLegendOptions(
            display_mode=common.LegendDisplayMode.LIST,
            placement=common.LegendPlacement.BOTTOM,
            show_legend=True,
            calcs=[],
        ),
        tooltip=common.VizTooltipOptions(mode=common.TooltipDisplayMode.SINGLE, sort=common.SortOrder.NONE),
    )
    custom = statetimeline.FieldConfig(line_width=0, fill_opacity=80)
    return Panel("state-timeline", title, says, do, queries, options=options, custom=custom, **more)


def table_panel(
    title: str, says: str, do: str, *queries: Query, sort: str = "", descending: bool = True, **more: Any
) -> Panel:
    """Show rows: one for each series of queries made with ``.table()``, or for each span or line.

    ``narrowest`` is the least width of a column: Grafana's own, 150, hides the numbers of half a board, or of a phone.
    """
    options = table.Options(
        show_header=True,
        cell_height=common.TableCellHeight.SM,
        sort_by=[common.TableSortByFieldState(display_name=sort, desc=descending)] if sort else None,
    )
    custom = common.TableFieldOptions(
        align=common.FieldTextAlignment.AUTO, inspect=False, filterable=False, min_width=more.pop("narrowest", 90)
    )
    return Panel("table", title, says, do, queries, options=options, custom=custom, **more)


def log_panel(title: str, says: str, do: str, *queries: Query, newest_first: bool = True, **more: Any) -> Panel:
    """Show log lines; each opens to its ids, from where links lead to its trace and order."""
    order = common.LogsSortOrder.DESCENDING if newest_first else common.LogsSortOrder.ASCENDING
    options = logs.Options(
        show_time=True,
        wrap_log_message=True,
        enable_log_details=True,
        sort_order=order,
        dedup_strategy=common.LogsDedupStrategy.NONE,
    )
    return Panel("logs", title, says, do, queries, options=options, **{"width": 24, "height": 10, **more})


def spans_panel(title: str, says: str, do: str, query: Query, **more: Any) -> Panel:
    """Show spans that TraceQL found, one a row; the ids lead to the trace."""
    return table_panel(title, says, do, query, **{"width": 24, "narrowest": 150, **more})


def one_trace(title: str, says: str, do: str, query: Query, **more: Any) -> Panel:
    """Show a trace as its bars."""
    return Panel("traces", title, says, do, (query,), **{"width": 24, "height": 14, **more})


HEARTBEAT: Final = "Alerting works"
"""The alert that always fires: its silence is the trouble, and somebody else's to notice."""


def alerts(title: str, says: str, do: str, *, labels: str = f'{{alertname!="{HEARTBEAT}"}}', **more: Any) -> Panel:
    """Show alerts that fire or are about to; ``labels`` narrows them, as in ``{severity="critical"}``."""
    options = {
        "viewMode": "list",
        "groupMode": "default",
        "groupBy": [],
        "maxItems": 20,
        "sortOrder": 3,  # the newest first
        "dashboardAlerts": False,
        "alertName": "",
        "alertInstanceLabelFilter": labels,
        "datasource": "-- Grafana --",
        "stateFilter": {"firing": True, "pending": True, "noData": True, "normal": False, "error": True},
        "showInactiveAlerts": False,
        "folder": None,
    }
    return Panel("alertlist", title, says, do, options=options, **more)


def text(title: str, content: str, **more: Any) -> Panel:
    """Show words, in Markdown: where something else has to be explained than one panel."""
    options = {"mode": "markdown", "content": content}
    return Panel("text", title, content, "read on.", options=options, **{"width": 24, "height": 3, **more})


def words(values: dict[str, tuple[str, str]]) -> tuple[dashboard.ValueMapping, ...]:
    """Show values as words in colours: ``{"0": ("trading", GOOD), "1": ("stopped", BAD)}``."""
    results = {
        value: dashboard.ValueMappingResult(text=word, color=color, index=index)
        for index, (value, (word, color)) in enumerate(values.items())
    }
    return (dashboard.ValueMap(options=results),)


def named(name: str, **properties: object) -> dashboard.DashboardFieldConfigSourceOverrides:
    """Say something else of the series or column of this name."""
    return override("byName", name, **properties)


def other(query: str, **properties: object) -> dashboard.DashboardFieldConfigSourceOverrides:
    """Say something else of the series of the query with this letter."""
    return override("byFrameRefID", query, **properties)


def column(
    name: str, title: str, unit: str = "", **properties: object
) -> dashboard.DashboardFieldConfigSourceOverrides:
    """Give a table's column a title and a unit; a cell without a value has a dash, not the panel's words."""
    given: dict[str, object] = {"displayName": title, "noValue": "-", **({"unit": unit} if unit else {})}
    return override("byName", name, **given, **properties)


def merged() -> dashboard.DataTransformerConfig:
    """Make one table of several, a row for each set of labels."""
    return dashboard.DataTransformerConfig(id_val="merge", options={})


def organized(*, hidden: tuple[str, ...] = ("Time",), order: tuple[str, ...] = ()) -> dashboard.DataTransformerConfig:
    """Leave columns of a table out, and put the others in order."""
    return dashboard.DataTransformerConfig(
        id_val="organize",
        options={
            "excludeByName": dict.fromkeys(hidden, True),
            "indexByName": {name: number for number, name in enumerate(order)},
            "renameByName": {},
        },
    )
