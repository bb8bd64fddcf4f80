"""Grafana's file of data sources, and the settings of the three kinds that the stack has.

Keys are those of `provisioning`_ and of the data sources' own settings (Grafana 13).

.. _provisioning: https://grafana.com/docs/grafana/latest/administration/provisioning/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.stack.schemas.strict import COUNT, DURATION, FLAG, TEXT, URL, list_of, one_of, record, section

if TYPE_CHECKING:
    from tests.stack.schemas.strict import Kind

_SHIFT = TEXT  # a duration with a sign
_TAGS = list_of(record("key", key=TEXT, value=TEXT))

_TEMPO = section(
    timeout=COUNT,
    streamingEnabled=section(search=FLAG, metrics=FLAG),
    tracesToLogsV2=record(
        "datasourceUid",
        datasourceUid=TEXT,
        spanStartTimeShift=_SHIFT,
        spanEndTimeShift=_SHIFT,
        tags=_TAGS,
        filterByTraceID=FLAG,
        filterBySpanID=FLAG,
        customQuery=FLAG,
        query=TEXT,
    ),
    tracesToMetrics=record(
        "datasourceUid",
        datasourceUid=TEXT,
        spanStartTimeShift=_SHIFT,
        spanEndTimeShift=_SHIFT,
        tags=_TAGS,
        queries=list_of(record("name query", name=TEXT, query=TEXT)),
    ),
    serviceMap=record("datasourceUid", datasourceUid=TEXT),
    nodeGraph=section(enabled=FLAG),
    search=section(hide=FLAG),
    spanBar=section(type=one_of("None", "Duration", "Tag"), tag=TEXT),
    traceQuery=section(timeShiftEnabled=FLAG, spanStartTimeShift=_SHIFT, spanEndTimeShift=_SHIFT),
)

_LOKI = section(
    timeout=COUNT,
    maxLines=TEXT,
    manageAlerts=FLAG,
    derivedFields=list_of(
        record(
            "name matcherRegex",
            name=TEXT,
            matcherType=one_of("label", "regex"),
            matcherRegex=TEXT,
            url=TEXT,
            urlDisplayLabel=TEXT,
            datasourceUid=TEXT,
            targetBlank=FLAG,
        )
    ),
)

_PROMETHEUS = section(
    timeout=COUNT,
    httpMethod=one_of("GET", "POST"),
    prometheusType=one_of("Prometheus", "Mimir", "Cortex", "Thanos"),
    prometheusVersion=TEXT,
    timeInterval=DURATION,
    queryTimeout=DURATION,
    cacheLevel=one_of("Low", "Medium", "High", "None"),
    manageAlerts=FLAG,
    disableMetricsLookup=FLAG,
    incrementalQuerying=FLAG,
    exemplarTraceIdDestinations=list_of(record("name", name=TEXT, datasourceUid=TEXT, url=TEXT, urlDisplayLabel=TEXT)),
)

SETTINGS: dict[str, Kind] = {"tempo": _TEMPO, "loki": _LOKI, "prometheus": _PROMETHEUS}
"""What ``jsonData`` holds, by the type of the data source."""


def data_sources(settings: Kind) -> Kind:
    """Return the kind of the whole file, whose data sources all have ``settings`` in their ``jsonData``."""
    source = record(
        "name uid type access url editable",
        name=TEXT,
        uid=TEXT,
        type=one_of(*SETTINGS),
        access=one_of("proxy"),
        url=URL,
        orgId=COUNT,
        version=COUNT,
        isDefault=FLAG,
        editable=FLAG,
        basicAuth=FLAG,
        jsonData=settings,
    )
    return record("apiVersion datasources", apiVersion=COUNT, prune=FLAG, datasources=list_of(source))
