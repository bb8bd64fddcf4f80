"""A board: sections of panels that flow over a grid of 24 columns, with what all boards share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from grafana_foundation_sdk.models import dashboard

from dashboards import marks, variables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dashboards.panel import Panel

WIDTH: Final = 24
TAG: Final = "otel-trading"
SCHEMA: Final = 41


@dataclass(frozen=True)
class Section:
    """Panels under a heading; without a ``title`` at the top of the board, without one."""

    title: str
    panels: tuple[Panel, ...]
    collapsed: bool = False


@dataclass(frozen=True)
class Placed:
    """A panel with its number and its place."""

    panel: Panel
    number: int
    x: int
    y: int


@dataclass(frozen=True)
class Board:
    """A dashboard. ``name`` is the end of its uid, ``order`` its place among the others."""

    name: str
    title: str
    says: str
    sections: tuple[Section, ...]
    order: int
    since: str = "now-1h"
    refresh: str = "10s"
    own: tuple[dashboard.VariableModel, ...] = ()
    shared: tuple[variables.Shared, ...] = variables.SHARED
    links: tuple[dashboard.DashboardLink, ...] = ()

    @property
    def uid(self) -> str:
        """Return the id by which links find the board."""
        return f"otel-trading-{self.name}"

    def placed(self) -> Iterator[tuple[Section, int, int, tuple[Placed, ...]]]:
        """Yield each section with its number, its row and its panels in their places.

        Panels flow from left to right; one that has no room begins a new line below the highest of the last.
        """
        number = y = 0
        for section in self.sections:
            heading = y
            number += 1
            own = number
            y += 1 if section.title else 0
            found: list[Placed] = []
            x = highest = 0
            for panel in section.panels:
                if x + panel.width > WIDTH:
                    x, y, highest = 0, y + highest, 0
                number += 1
                found.append(Placed(panel, number, x, y))
                x, highest = x + panel.width, max(highest, panel.height)
            y += highest
            yield section, own, heading, tuple(found)

    def panels(self) -> Iterator[Placed]:
        """Yield each panel with its number."""
        for *_, found in self.placed():
            yield from found

    def number_of(self, title: str) -> int:
        """Return the number of the panel with this title: what an alert rule names beside the board's uid."""
        (number,) = (each.number for each in self.panels() if each.panel.title == title)
        return number

    def model(self) -> dashboard.Dashboard:
        """Return the board as Grafana has it."""
        return dashboard.Dashboard(
            uid=self.uid,
            title=self.title,
            description=self.says,
            tags=[TAG],
            timezone="browser",
            editable=True,
            graph_tooltip=dashboard.DashboardCursorSync.CROSSHAIR,
            time=dashboard.DashboardDashboardTime(from_val=self.since, to="now"),
            timepicker=dashboard.TimePickerConfig(refresh_intervals=["5s", "10s", "30s", "1m", "5m", "15m"]),
            refresh=self.refresh,
            schema_version=SCHEMA,
            panels=list(self._rows()),
            templating=dashboard.DashboardDashboardTemplating(
                list_val=[*self.own, *map(variables.choice, self.shared)]
            ),
            annotations=dashboard.AnnotationContainer(list_val=list(marks.ALL)),
            links=[*self.links, _OTHERS],
        )

    def _rows(self) -> Iterator[dashboard.Panel | dashboard.RowPanel]:
        for section, number, y, found in self.placed():
            inside = [each.panel.model(each.number, each.x, each.y) for each in found]
            if section.title:
                yield dashboard.RowPanel(
                    id_val=number,
                    title=section.title,
                    collapsed=section.collapsed,
                    grid_pos=dashboard.GridPos(x=0, y=y, w=WIDTH, h=1),
                    panels=inside if section.collapsed else [],
                )
            if not section.collapsed:
                yield from inside


_OTHERS: Final = dashboard.DashboardLink(
    title="Boards",
    type_val=dashboard.DashboardLinkType.DASHBOARDS,
    icon="external link",
    tooltip="The other boards, with the same time and choice",
    tags=[TAG],
    as_dropdown=True,
    include_vars=True,
    keep_time=True,
)
