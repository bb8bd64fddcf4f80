"""Who is told: contact points, policies, and the hours in which a closed market is no news.

Which ways there are, Grafana's environment says: ``ALERT_RECEIVERS`` is empty, ``-telegram``, ``-email`` or
``-telegram-email``, as docker-compose.yml makes it from what .env sets. Each is a contact point, so that a way that is
not set up is not tried, and none has to be.
"""

from __future__ import annotations

from typing import Any, Final

WAYS: Final = ("", "-telegram", "-email", "-telegram-email")
LOUDNESS: Final = ("critical", "other")
NOWHERE: Final = "http://collector:13133/"
"""Where nothing is set up: the Collector's health, which answers 200 to whatever is sent, and keeps nothing of it."""

DEAD_MAN: Final = "Alerting works"

# Together comes what happens to one bot: the cause and its symptoms are one message.
_TOGETHER: Final = ["service_name", "deployment_environment_name", "owner"]

_EVERYDAY: Final[dict[str, dict[str, str]]] = {
    "critical": {"group_wait": "5s", "group_interval": "1m", "repeat_interval": "1h"},
    "warning": {"group_wait": "45s", "group_interval": "5m", "repeat_interval": "12h"},
    "info": {"group_wait": "5m", "group_interval": "30m", "repeat_interval": "1d"},
}

_CLOSED: Final[dict[str, tuple[str, str, str]]] = {
    "us-equities": ("America/New_York", "09:30", "16:00"),
    "eu-equities": ("Europe/Berlin", "09:00", "17:30"),
}


def contact_points() -> dict[str, Any]:
    """Return the content of ``contact-points.yaml``."""
    points = [_contact(loudness, way) for loudness in LOUDNESS for way in WAYS]
    beat = {
        "uid": "heartbeat",
        "type": "webhook",
        "settings": {"url": "${ALERT_HEARTBEAT_URL}", "httpMethod": "POST"},
        "disableResolveMessage": True,
    }
    points.append({"orgId": 1, "name": "heartbeat", "receivers": [beat]})
    return {"apiVersion": 1, "contactPoints": points}


def _contact(loudness: str, way: str) -> dict[str, Any]:
    receivers = []
    if "telegram" in way:
        receivers.append(_receiver(f"{loudness}{way}-t", "telegram", _telegram(quiet=loudness != "critical")))
    if "email" in way:
        receivers.append(_receiver(f"{loudness}{way}-e", "email", _email()))
    if not way:
        receivers.append(_receiver(f"{loudness}-n", "webhook", {"url": NOWHERE, "httpMethod": "POST"}))
    return {"orgId": 1, "name": f"{loudness}{way}", "receivers": receivers}


def _receiver(uid: str, kind: str, settings: dict[str, Any]) -> dict[str, Any]:
    return {"uid": uid, "type": kind, "settings": settings, "disableResolveMessage": False}


def _telegram(*, quiet: bool) -> dict[str, Any]:
    return {
        "bottoken": "${ALERT_TELEGRAM_TOKEN}",
        "chatid": "${ALERT_TELEGRAM_CHAT}",
        "parse_mode": "HTML",
        "disable_web_page_preview": True,
        "disable_notifications": quiet,
        "message": '{{ template "otel-trading.telegram" . }}',
    }


def _email() -> dict[str, Any]:
    return {
        "addresses": "${ALERT_EMAIL_TO}",
        "singleEmail": True,
        "subject": '{{ template "otel-trading.subject" . }}',
        "message": '{{ template "otel-trading.email" . }}',
    }


def policies() -> dict[str, Any]:
    """Return the content of ``policies.yaml``."""
    beat = {
        "receiver": "heartbeat",
        "object_matchers": [["alertname", "=", DEAD_MAN]],
        "group_by": ["alertname"],
        "group_wait": "0s",
        # Looked at each 30 s, sent when more than 50 s have passed: that is each minute, where "1m" would be each two.
        "group_interval": "30s",
        "repeat_interval": "50s",
    }
    closed = [
        {
            "receiver": "other${ALERT_RECEIVERS}",
            "object_matchers": [["calendar", "=", calendar]],
            "group_by": _TOGETHER,
            "routes": _by_severity(mute_time_intervals=[closing(calendar)]),
        }
        for calendar in _CLOSED
    ]
    root = {
        "orgId": 1,
        "receiver": "other${ALERT_RECEIVERS}",
        "group_by": _TOGETHER,
        **_EVERYDAY["warning"],
        "routes": [beat, *closed, *_by_severity()],
    }
    return {"apiVersion": 1, "policies": [root]}


def _by_severity(**more: Any) -> list[dict[str, Any]]:
    return [
        {
            "receiver": f"{'critical' if severity == 'critical' else 'other'}${{ALERT_RECEIVERS}}",
            "object_matchers": [["severity", "=", severity]],
            "group_by": _TOGETHER,
            **times,
            **more,
        }
        for severity, times in _EVERYDAY.items()
    ]


def closing(calendar: str) -> str:
    """Return the name of a calendar's mute timing."""
    return f"{calendar}-closed"


def mute_times() -> dict[str, Any]:
    """Return the content of ``mute-times.yaml``."""
    return {
        "apiVersion": 1,
        "muteTimes": [
            {
                "orgId": 1,
                "name": closing(calendar),
                "time_intervals": [
                    {"weekdays": ["saturday", "sunday"], "location": place},
                    {
                        "weekdays": ["monday:friday"],
                        "times": [
                            {"start_time": "00:00", "end_time": opens},
                            {"start_time": closes, "end_time": "24:00"},
                        ],
                        "location": place,
                    },
                ],
            }
            for calendar, (place, opens, closes) in _CLOSED.items()
        ],
    }
