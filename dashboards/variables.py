"""The variables at the top of each board. A query names them only for what the asked metric really carries."""

from __future__ import annotations

from typing import Final, NamedTuple

from grafana_foundation_sdk.models import common, dashboard

from dashboards.names import DISTRIBUTION, ENVIRONMENT, SERVICE, TARGET, label
from otel_trading.semconv import attributes


class Shared(NamedTuple):
    """A variable of every board: ``name`` in ``$name``, and the attribute whose values it offers."""

    name: str
    title: str
    attribute: str


ENVIRONMENTS: Final = Shared("environment", "Environment", ENVIRONMENT)
BOTS: Final = Shared("bot", "Bot", SERVICE)
VENUES: Final = Shared("venue", "Venue", attributes.TRADING_VENUE)
STRATEGIES: Final = Shared("strategy", "Strategy", attributes.TRADING_STRATEGY_ID)
SYMBOLS: Final = Shared("symbol", "Symbol", attributes.TRADING_SYMBOL)

SHARED: Final = (ENVIRONMENTS, BOTS, VENUES, STRATEGIES, SYMBOLS)
BY_ATTRIBUTE: Final = {each.attribute: each for each in SHARED}

PROMETHEUS: Final = common.DataSourceRef(type_val="prometheus", uid="prometheus")
_BOT: Final = f'{label(DISTRIBUTION)}="otel-trading"'
_ANY: Final = ".*"
"""What "All" asks for: what has no such label is in it, too."""
_SOME: Final = "..*"
"""What "All" bots are: everything has a name, and Loki takes no selector that could be empty. A + would be a space in
the address of a link.
"""


def offered(variable: Shared) -> str:
    """Return the query for the values of a variable, narrowed by the environment and the bot that are chosen."""
    chosen = f'{label(ENVIRONMENT)}=~"$environment"'
    if variable is ENVIRONMENTS:
        return f"label_values({TARGET}{{{_BOT}}}, {label(variable.attribute)})"
    if variable is BOTS:
        return f"label_values({TARGET}{{{_BOT}, {chosen}}}, {label(variable.attribute)})"
    some = f'__name__=~"trading_(order|execution|pnl|exposure|risk|request|market_data|stream|position).*", {chosen}'
    return f'label_values({{{some}, {label(SERVICE)}=~"$bot"}}, {label(variable.attribute)})'


def choice(variable: Shared) -> dashboard.VariableModel:
    """Return the variable as Grafana has it: any number of values, all at first, asked anew with the time range."""
    query = offered(variable)
    return dashboard.VariableModel(
        type_val=dashboard.VariableType.QUERY,
        name=variable.name,
        label=variable.title,
        datasource=PROMETHEUS,
        query={"qryType": 1, "query": query, "refId": f"variable-{variable.name}"},
        definition=query,
        refresh=dashboard.VariableRefresh.ON_TIME_RANGE_CHANGED,
        sort=dashboard.VariableSort.NATURAL_ASC,
        multi=True,
        include_all=True,
        all_value=_SOME if variable is BOTS else _ANY,
        current=dashboard.VariableOption(selected=True, text=["All"], value=["$__all"]),
    )


def box(name: str, title: str, says: str, value: str = "", *, hidden: bool = False) -> dashboard.VariableModel:
    """Return a box for a text; a hidden one is set by links only."""
    return dashboard.VariableModel(
        type_val=dashboard.VariableType.TEXTBOX,
        hide=dashboard.VariableHide.HIDE_VARIABLE if hidden else dashboard.VariableHide.DONT_HIDE,
        name=name,
        label=title,
        description=says,
        query=value,
        current=dashboard.VariableOption(selected=True, text=value, value=value),
        options=[dashboard.VariableOption(selected=True, text=value, value=value)],
    )


def matchers(carried: tuple[str, ...]) -> list[str]:
    """Return the matchers of the shared variables, for a metric that carries these attributes."""
    return [f'{label(each.attribute)}=~"${each.name}"' for each in SHARED if each.attribute in carried]
