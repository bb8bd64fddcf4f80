"""Grafana's files of alerting, key by key: rules, contact points, policies, mute timings, templates.

Keys are those of `file provisioning`_ (Grafana 13), and of the receivers' own settings.

.. _file provisioning: https://grafana.com/docs/grafana/latest/alerting/set-up/provision-alerting-resources/
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.stack.schemas.strict import COUNT, FLAG, TEXT, list_of, one_of, record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.stack.schemas.strict import Kind


def matching(pattern: str, expected: str) -> Kind:
    """Return the kind of a text that matches as a whole."""

    def check(place: str, value: Any) -> Iterator[tuple[str, str]]:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            yield place, expected

    return check


def any_of(choices: dict[str, Kind], key: str) -> Kind:
    """Return the kind of a mapping whose ``key`` says which of the choices it is."""

    def check(place: str, value: Any) -> Iterator[tuple[str, str]]:
        chosen = value.get(key) if isinstance(value, dict) else None
        if chosen in choices:
            yield from choices[chosen](place, value)
        else:
            yield f"{place}.{key}", f"one of {', '.join(choices)}"

    return check


PERIOD = matching(r"(\d+(ms|s|m|h|d|w|y))+", "a duration such as 30s or 1d, as Prometheus reads it")
UID = matching(r"[a-zA-Z0-9_-]{1,40}", "a uid: at most 40 letters, digits, - and _")
REF = matching(r"[A-Z]", "a letter")
NAME = matching(r"[a-zA-Z_][a-zA-Z0-9_]*", "the name of a label")
FILLED = matching(r"(?s).+", "a text that is not empty")

_RANGE = record("from to", **{"from": COUNT, "to": COUNT})
_SOURCE = record("type uid", type=TEXT, uid=TEXT)
_ASKED = {
    "refId": REF,
    "datasource": _SOURCE,
    "editorMode": one_of("code"),
    "expr": FILLED,
    "intervalMs": COUNT,
    "maxDataPoints": COUNT,
}

_PROMETHEUS = record("refId expr instant", **_ASKED, instant=FLAG, range=FLAG)
_LOKI = record("refId expr queryType", **_ASKED, queryType=one_of("instant"))
_MATH = record("refId type expression", refId=REF, datasource=_SOURCE, type=one_of("math"), expression=FILLED)
_REDUCE = record(
    "refId type expression reducer",
    refId=REF,
    datasource=_SOURCE,
    type=one_of("reduce"),
    expression=REF,
    reducer=one_of("last", "mean", "min", "max", "sum", "count", "median"),
)


def _query(uid: str, model: Kind, **more: Kind) -> Kind:
    return record(
        "refId relativeTimeRange datasourceUid model",
        refId=REF,
        relativeTimeRange=_RANGE,
        datasourceUid=one_of(uid),
        model=model,
        **more,
    )


_DATA = any_of(
    {
        "prometheus": _query("prometheus", _PROMETHEUS),
        "loki": _query("loki", _LOKI, queryType=one_of("instant")),
        "__expr__": _query("__expr__", any_of({"math": _MATH, "reduce": _REDUCE}, "type")),
    },
    "datasourceUid",
)

_ANNOTATIONS = record(
    "summary description first_step value runbook_url",
    summary=FILLED,
    description=FILLED,
    first_step=FILLED,
    value=FILLED,
    threshold=FILLED,
    runbook_url=FILLED,
)

_LABELS = record(
    "severity owner",
    severity=one_of("critical", "warning", "info"),
    owner=one_of("desk", "platform"),
    calendar=one_of("${ALERT_CALENDAR}"),
)

_RULE = record(
    "uid title condition data noDataState execErrState for annotations labels dashboardUid",
    uid=UID,
    title=matching(r".{1,190}", "a title of at most 190 characters"),
    condition=REF,
    data=list_of(_DATA),
    dashboardUid=UID,
    panelId=COUNT,
    noDataState=one_of("Alerting", "NoData", "OK", "KeepLast"),
    execErrState=one_of("Alerting", "Error", "OK", "KeepLast"),
    **{"for": PERIOD},
    keepFiringFor=PERIOD,
    annotations=_ANNOTATIONS,
    labels=_LABELS,
    isPaused=FLAG,
)

_GROUP = record(
    "name folder interval rules", orgId=COUNT, name=FILLED, folder=FILLED, interval=PERIOD, rules=list_of(_RULE)
)

_TELEGRAM = record(
    "bottoken chatid parse_mode message",
    bottoken=FILLED,
    chatid=FILLED,
    message_thread_id=TEXT,
    message=FILLED,
    parse_mode=one_of("HTML", "None", "Markdown", "MarkdownV2"),
    disable_web_page_preview=FLAG,
    protect_content=FLAG,
    disable_notifications=FLAG,
)
_EMAIL = record("addresses", addresses=FILLED, singleEmail=FLAG, subject=FILLED, message=FILLED)
_WEBHOOK = record("url", url=FILLED, httpMethod=one_of("POST", "PUT"))


def _receiver(kind: str, settings: Kind) -> Kind:
    return record("uid type settings", uid=UID, type=one_of(kind), settings=settings, disableResolveMessage=FLAG)


_RECEIVER = any_of(
    {
        "telegram": _receiver("telegram", _TELEGRAM),
        "email": _receiver("email", _EMAIL),
        "webhook": _receiver("webhook", _WEBHOOK),
    },
    "type",
)


def _matcher(place: str, value: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(value, list) or len(value) != len(("name", "operator", "value")):
        yield place, "a list of a label, an operator and a value"
        return
    yield from NAME(f"{place}[0]", value[0])
    yield from one_of("=", "!=", "=~", "!~")(f"{place}[1]", value[1])
    yield from TEXT(f"{place}[2]", value[2])


def _route(place: str, value: Any) -> Iterator[tuple[str, str]]:
    yield from record("receiver", **_ROUTE)(place, value)


_ROUTE: dict[str, Kind] = {
    "receiver": FILLED,
    "object_matchers": list_of(_matcher),
    "group_by": list_of(TEXT),
    "group_wait": PERIOD,
    "group_interval": PERIOD,
    "repeat_interval": PERIOD,
    "mute_time_intervals": list_of(TEXT),
    "active_time_intervals": list_of(TEXT),
    "continue": FLAG,
    "routes": list_of(_route),
}

_CLOCK = matching(r"([01]\d|2[0-3]):[0-5]\d|24:00", "a time of the day, HH:MM")
_INTERVAL = record(
    "location",
    times=list_of(record("start_time end_time", start_time=_CLOCK, end_time=_CLOCK)),
    weekdays=list_of(matching(r"[a-z]+day(:[a-z]+day)?", "a day of the week, or days with : in between")),
    days_of_month=list_of(TEXT),
    months=list_of(TEXT),
    years=list_of(TEXT),
    location=FILLED,
)

FILES: dict[str, Kind] = {
    "rules": record("apiVersion groups", apiVersion=COUNT, groups=list_of(_GROUP)),
    "contact-points": record(
        "apiVersion contactPoints",
        apiVersion=COUNT,
        contactPoints=list_of(record("name receivers", orgId=COUNT, name=FILLED, receivers=list_of(_RECEIVER))),
    ),
    "policies": record(
        "apiVersion policies", apiVersion=COUNT, policies=list_of(record("receiver group_by", orgId=COUNT, **_ROUTE))
    ),
    "mute-times": record(
        "apiVersion muteTimes",
        apiVersion=COUNT,
        muteTimes=list_of(record("name time_intervals", orgId=COUNT, name=FILLED, time_intervals=list_of(_INTERVAL))),
    ),
    "templates": record(
        "apiVersion templates",
        apiVersion=COUNT,
        templates=list_of(record("name template", orgId=COUNT, name=FILLED, template=FILLED)),
    ),
}
"""What each file may hold, by its name without ``.yaml``."""
