"""What is marked on every chart: alerts, starts of bots, and stops of trading."""

from __future__ import annotations

from typing import Final

from grafana_foundation_sdk.models import common, dashboard

from dashboards.names import DISTRIBUTION, ENVIRONMENT, EVENT, INSTANCE, SERVICE, TARGET, VERSION, label
from dashboards.queries import events, is_
from otel_trading.semconv import attributes
from otel_trading.semconv import events as names

_CHOSEN: Final = f'{label(ENVIRONMENT)}=~"$environment", {label(SERVICE)}=~"$bot"'
_BOTS: Final = f'{TARGET}{{{label(DISTRIBUTION)}="otel-trading", {_CHOSEN}}}'
_STEP: Final = "$__interval"
_LATELY: Final = f"({_BOTS} or last_over_time({_BOTS}[{_STEP}]))"
"""Processes of bots that were heard of within five minutes, or within a step where that is longer."""
_BEFORE: Final = f"({_BOTS} offset {_STEP} or last_over_time({_BOTS}[{_STEP}] offset {_STEP}))"
_WHO: Final = ", ".join(map(label, (SERVICE, VERSION, INSTANCE)))

ALERTS: Final = dashboard.AnnotationQuery(
    name="Alerts",
    datasource=common.DataSourceRef(type_val="datasource", uid="grafana"),
    type_val="dashboard",
    built_in=1,
    enable=True,
    hide=True,
    icon_color="rgba(0, 211, 255, 1)",
)
"""Grafana's own: when an alert of a rule that names a panel of this board changed its state."""

STARTS: Final = dashboard.AnnotationQuery(
    name="Bot starts",
    datasource=common.DataSourceRef(type_val="prometheus", uid="prometheus"),
    enable=True,
    icon_color="blue",
    # A process of a bot that was not there a step before: a start, and so a deployment. Grafana makes the steps longer
    # with the time range; by the step itself each start is found once, and is a line, not a band over the first bars.
    expr=f"count by ({_WHO}) ({_LATELY} unless {_BEFORE})",
    step="15s",
    title_format=f"{{{{{label(SERVICE)}}}}} started {{{{{label(VERSION)}}}}}",
    text_format=f"instance {{{{{label(INSTANCE)}}}}}",
    tag_keys=label(SERVICE),
)

STOPS: Final = dashboard.AnnotationQuery(
    name="Kill switch",
    datasource=common.DataSourceRef(type_val="loki", uid="loki"),
    enable=True,
    icon_color="red",
    expr=f"{events(names.TRADING_KILL_SWITCH_CHANGED)} | {is_(attributes.TRADING_KILL_SWITCH_ACTIVE, 'true')}",
    title_format=f"{{{{{label(SERVICE)}}}}}: trading stopped",
    text_format=f"{{{{{label(attributes.TRADING_KILL_SWITCH_REASON)}}}}}",
    tag_keys=",".join((label(attributes.TRADING_STRATEGY_ID), EVENT)),
)

ALL: Final = (ALERTS, STARTS, STOPS)
