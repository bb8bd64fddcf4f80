"""Each board is one that Grafana shows as meant, and each panel one that explains itself and leads on."""

from __future__ import annotations

import re
from itertools import combinations
from typing import Any

import pytest
import yaml

from dashboards import generate
from dashboards.kit import HEARTBEAT
from dashboards.panel import MIXED
from tests.dashboards.reading import FOLDER, ROOT, explored, files, links, panels, targets

BOARDS = files()
PANELS = {f"{uid}: {panel['title']} ({panel['id']})": panel for uid, board in BOARDS.items() for panel in panels(board)}
SOURCES = {"prometheus", "loki", "tempo"}
LONGEST_ID = 64
MOST = 1024 - 24
"""Bytes that Tempo reads of a query, less a margin."""
LEADS_ON_BY_ITSELF = {"alertlist", "text", "logs", "traces"}
"""Their entries are links: alerts, what is written, lines (derived fields), spans."""
WITHOUT_UNIT = {"alertlist", "text", "logs", "traces"}


def within(panel: dict[str, Any]) -> tuple[int, int, int, int]:
    place = panel["gridPos"]
    return place["x"], place["y"], place["x"] + place["w"], place["y"] + place["h"]


def test_the_files_are_what_the_code_says() -> None:
    assert generate.stale() == []


def test_a_file_that_was_changed_by_hand_is_found(tmp_path: Any) -> None:
    generate.write(tmp_path)
    changed = tmp_path / generate.FOLDER / "otel-trading-desk.json"
    changed.write_text(changed.read_text(encoding="utf-8").replace("Desk", "Bench"), encoding="utf-8")

    assert [path.name for path in generate.stale(tmp_path)] == ["otel-trading-desk.json"]


def test_a_board_that_is_no_more_goes(tmp_path: Any) -> None:
    generate.write(tmp_path)
    old = tmp_path / generate.FOLDER / "otel-trading-old.json"
    old.write_text("{}", encoding="utf-8")

    assert [path.name for path in generate.write(tmp_path)] == [old.name]
    assert not old.exists()


@pytest.mark.parametrize("panel", PANELS.values(), ids=PANELS)
def test_a_panel_that_asks_several_sources_says_so(panel: dict[str, Any]) -> None:
    """Grafana puts every query to the panel's own source, unless that is the mixed one."""
    asked = {source for source, _ in targets(panel)}

    if len(asked) > 1:
        assert panel["datasource"]["uid"] == MIXED
    elif asked:
        assert {panel["datasource"]["uid"]} == asked


@pytest.mark.parametrize("board", BOARDS.values(), ids=BOARDS)
def test_a_start_of_a_bot_is_marked_once_whatever_the_time_range(board: dict[str, Any]) -> None:
    """The steps of a mark grow with the range: a fixed offset finds a start twice on a short one, not on a long one."""
    (starts,) = (mark for mark in board["annotations"]["list"] if mark["name"] == "Bot starts")

    assert set(re.findall(r"offset (\S+?)(?=[ )])", starts["expr"])) == {"$__interval"}


def test_each_file_is_named_after_its_board() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == set(BOARDS)
    assert all(uid.startswith("otel-trading-") for uid in BOARDS)


def test_no_two_boards_have_the_same_title() -> None:
    titles = [board["title"] for board in BOARDS.values()]

    assert len(titles) == len(set(titles))


@pytest.mark.parametrize("uid", BOARDS)
def test_no_two_panels_have_the_same_number_or_title(uid: str) -> None:
    numbers = [panel["id"] for panel in [*BOARDS[uid]["panels"], *panels(BOARDS[uid])] if panel["type"] != "row"]
    rows = [panel["id"] for panel in BOARDS[uid]["panels"] if panel["type"] == "row"]
    titles = [(panel["title"], panel["type"]) for panel in panels(BOARDS[uid])]

    assert not set(numbers) & set(rows)
    assert len(set(numbers)) == len(list(panels(BOARDS[uid])))
    assert len(titles) == len(set(titles))


@pytest.mark.parametrize("uid", BOARDS)
def test_panels_lie_on_the_grid_and_none_on_another(uid: str) -> None:
    placed = [within(panel) for panel in [*BOARDS[uid]["panels"], *panels(BOARDS[uid])]]

    assert all(left >= 0 and right <= 24 for left, _, right, _ in placed)
    overlapping = [
        (one, other)
        for one, other in combinations(dict.fromkeys(placed), 2)
        if one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
    ]
    assert overlapping == []


@pytest.mark.parametrize("uid", BOARDS)
def test_each_board_leads_to_the_others_and_marks_starts_alerts_and_stops(uid: str) -> None:
    board = BOARDS[uid]

    assert any(link["type"] == "dashboards" and link["keepTime"] for link in board["links"])
    assert [mark["name"] for mark in board["annotations"]["list"]] == ["Alerts", "Bot starts", "Kill switch"]


@pytest.mark.parametrize("uid", BOARDS)
def test_each_variable_of_a_query_is_one_of_the_board(uid: str) -> None:
    board = BOARDS[uid]
    known = {variable["name"] for variable in board["templating"]["list"]}
    queries = [query for panel in panels(board) for _, query in targets(panel)]
    queries += [mark["expr"] for mark in board["annotations"]["list"] if "expr" in mark]
    asked = {name for query in queries for name in re.findall(r"\$\{?([a-z]\w*)", query)}

    assert asked <= known


@pytest.mark.parametrize("place", PANELS)
def test_each_panel_says_what_it_shows_and_what_to_do(place: str) -> None:
    said = PANELS[place]["description"]

    assert re.fullmatch(r".{20,}\.\n\n\*\*What to do:\*\* [^a-z].{10,}\.", said, re.DOTALL), said


@pytest.mark.parametrize("place", PANELS)
def test_each_panel_has_a_unit_and_words_for_when_there_is_nothing(place: str) -> None:
    panel = PANELS[place]
    defaults = panel["fieldConfig"]["defaults"]

    if panel["type"] not in WITHOUT_UNIT:
        assert defaults["unit"]
    assert defaults["noValue"]


@pytest.mark.parametrize("place", PANELS)
def test_each_series_leads_on(place: str) -> None:
    panel = PANELS[place]

    if panel["type"] not in LEADS_ON_BY_ITSELF:
        assert links(panel)


@pytest.mark.parametrize("place", PANELS)
def test_each_link_leads_to_a_board_that_there_is_or_to_a_query(place: str) -> None:
    for link in links(PANELS[place]):
        to_board = re.match(r"/d/([\w-]+)\?", link["url"])
        assert explored(link["url"]) or (to_board and to_board[1] in BOARDS), link["url"]


@pytest.mark.parametrize("place", PANELS)
def test_a_link_goes_by_labels_that_its_series_have(place: str) -> None:
    panel = PANELS[place]
    dashed = {
        override["matcher"]["options"]
        for override in panel["fieldConfig"]["overrides"]
        if any(each["id"] == "custom.lineStyle" for each in override["properties"])
    }
    split = [asked for asked in panel.get("targets") or [] if asked["refId"] not in dashed]

    for link in links(panel):
        for label in re.findall(r"\$\{__(?:field\.labels|data\.fields)\.(\w+)\}", link["url"]):
            assert all(re.search(rf"by \([^)]*\b{label}\b", asked["expr"]) for asked in split), link["title"]


@pytest.mark.parametrize("place", PANELS)
def test_each_query_asks_a_store_that_there_is(place: str) -> None:
    assert {source for source, _ in targets(PANELS[place])} <= SOURCES


@pytest.mark.parametrize("place", PANELS)
def test_no_query_is_too_long_for_tempo(place: str) -> None:
    panel = PANELS[place]
    linked = [asked for link in links(panel) if (asked := explored(link["url"]))]

    for source, query in [*targets(panel), *linked]:
        if source == "tempo":
            longest = re.sub(r"\$\{[^}]+\}|\$\w+", "x" * LONGEST_ID, query)
            assert len(longest.encode()) <= MOST


def test_the_alert_that_is_left_out_of_what_burns_is_one_that_there_is() -> None:
    groups = yaml.safe_load((ROOT / "grafana/provisioning/alerting/rules.yaml").read_text(encoding="utf-8"))["groups"]
    titles = [rule["title"] for group in groups for rule in group["rules"]]

    assert titles.count(HEARTBEAT) == 1


def test_grafana_finds_the_boards_and_opens_on_the_desk() -> None:
    (provider,) = yaml.safe_load((ROOT / "grafana/provisioning/dashboards/stack.yaml").read_text())["providers"]
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]["grafana"]
    mounted = {volume["source"]: volume for volume in compose["volumes"]}["./grafana/dashboards"]

    assert mounted["target"] == provider["options"]["path"]
    assert mounted["read_only"] is True
    home = compose["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert home == f"{mounted['target']}/otel-trading-desk.json"
    assert (FOLDER / "otel-trading-desk.json").is_file()
