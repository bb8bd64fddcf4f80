r"""The messages, as Go templates for Grafana's Alertmanager.

**Telegram** answers 400 to HTML that it cannot read, and Grafana cuts a message at 4,096 characters wherever that is.
So every text is rid of control characters, escaped, then cut, then rid of an entity that the cut went through; and so
few alerts are told that the longest possible message keeps within: ``MOST_TOLD`` in full, ``MOST_NAMED`` more and
``MOST_RESOLVED`` resolved ones by name, the rest as a number.

No variable is used and ``\\z`` stands for the end of a text: there is no ``$`` that something could take for one of the
environment's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_TOLD: Final = 3
MOST_NAMED: Final = 4
MOST_RESOLVED: Final = 4
MOST_URL: Final = 250

_NAME: Final = 70
_SENTENCE: Final = 150
_NUMBER: Final = 24

_UNSAFE: Final = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('\\"', "&quot;"))


def _escaped(value: str) -> str:
    expression = f'reReplaceAll "[\\\\pC\\\\s]+" " " {value}'
    for character, entity in _UNSAFE:
        expression = f'reReplaceAll "{character}" "{entity}" ({expression})'
    return expression


def _text(value: str, most: int) -> str:
    """Return a template that writes at most so many characters of a value, as HTML."""
    return f'{{{{ reReplaceAll "&[a-z]*\\\\z" "…" (printf "%.{most}s" ({_escaped(value)})) }}}}'


def _optional(value: str, most: int, before: str = "", after: str = "") -> str:
    return f"{{{{ with {value} }}}}{before}{_text('.', most)}{after}{{{{ end }}}}"


def _link(value: str, words: str, before: str = "") -> str:
    """Return a template of a link; an address that is too long, or none, is left out."""
    return (
        f"{{{{ with ({_escaped(value)}) }}}}{{{{ if and (le (len .) {MOST_URL})"
        f' (match "^https?://[^ ]+\\\\z" .) }}}}{before}<a href="{{{{ . }}}}">{words}</a>{{{{ end }}}}{{{{ end }}}}'
    )


def _some(alerts: str, first: int, most: int, template: str) -> str:
    """Return a template that applies another to at most so many alerts from the first on."""
    last = first + most
    call = f'{{{{ template "{template}" . }}}}'
    cut = f"{{{{ range slice {alerts} {first} {last} }}}}{call}{{{{ end }}}}"
    rest = (
        f"{{{{ if gt (len {alerts}) {first} }}}}{{{{ range slice {alerts} {first} }}}}{call}{{{{ end }}}}{{{{ end }}}}"
    )
    return f"{{{{ if gt (len {alerts}) {last} }}}}{cut}{{{{ else }}}}{rest}{{{{ end }}}}"


def _counts() -> str:
    return (
        "{{ if .Alerts.Firing }}FIRING {{ len .Alerts.Firing }}{{ end }}"
        "{{ if and .Alerts.Firing .Alerts.Resolved }}, {{ end }}"
        "{{ if .Alerts.Resolved }}RESOLVED {{ len .Alerts.Resolved }}{{ end }}"
    )


def _value(telegram: Callable[[str, int], str]) -> str:
    return (
        "{{ with .Annotations.value }}"
        + telegram(".", _NUMBER)
        + "{{ end }}{{ with .Annotations.threshold }} (threshold "
        + telegram(".", _NUMBER)
        + "){{ end }}"
    )


_TOLD: Final = (
    "\n\n"
    + _optional(".Labels.alertname", _NAME, "<b>", "</b>")
    + _optional(".Labels.severity", _NUMBER, " · ")
    + _optional(".Annotations.summary", _SENTENCE, "\n")
    + '\n{{ if .Annotations.value }}{{ template "otel-trading.telegram.value" . }} · {{ end }}'
    + 'since {{ .StartsAt.UTC.Format "15:04:05" }} UTC'
    + _optional(".Annotations.first_step", _SENTENCE, "\n<i>", "</i>")
    + _link(".Annotations.runbook_url", "What to do", "\n")
    + _link(".PanelURL", "Panel", " · ")
)

_NAMED: Final = "\n" + _optional(".Labels.alertname", _NAME, "• ") + _optional(".Labels.service_name", _NUMBER, " · ")

_TELEGRAM: Final = (
    f"<b>{_counts()}</b>"
    + _optional(".CommonLabels.service_name", _NAME, " · ")
    + _optional(".CommonLabels.deployment_environment_name", _NUMBER, " · ")
    + _some(".Alerts.Firing", 0, MOST_TOLD, "otel-trading.telegram.told")
    + f"{{{{ if gt (len .Alerts.Firing) {MOST_TOLD} }}}}\n\nAlso:"
    + _some(".Alerts.Firing", MOST_TOLD, MOST_NAMED, "otel-trading.telegram.named")
    + f"{{{{ if gt (len .Alerts.Firing) {MOST_TOLD + MOST_NAMED} }}}}\nand more, in Grafana{{{{ end }}}}{{{{ end }}}}"
    + "{{ if .Alerts.Resolved }}\n\nResolved:"
    + _some(".Alerts.Resolved", 0, MOST_RESOLVED, "otel-trading.telegram.named")
    + f"{{{{ if gt (len .Alerts.Resolved) {MOST_RESOLVED} }}}}\nand more, in Grafana{{{{ end }}}}{{{{ end }}}}"
)

# Grafana escapes what stands in its own frame of an e-mail: plain text here.
_EMAIL_ALERT: Final = (
    "\n\n{{ .Labels.alertname }} ({{ .Labels.severity }}, {{ .Labels.owner }})"
    "\n{{ .Annotations.summary }}"
    "{{ with .Annotations.value }}\nValue {{ . }}{{ end }}{{ with .Annotations.threshold }}, threshold {{ . }}{{ end }}"
    '\nSince {{ .StartsAt.UTC.Format "2006-01-02 15:04:05" }} UTC'
    "{{ with .Annotations.description }}\n{{ . }}{{ end }}"
    "{{ with .Annotations.first_step }}\nFirst: {{ . }}{{ end }}"
    "{{ with .Annotations.runbook_url }}\nWhat to do: {{ . }}{{ end }}"
    "{{ with .PanelURL }}\nPanel: {{ . }}{{ end }}"
    "{{ with .SilenceURL }}\nSilence: {{ . }}{{ end }}"
)

_EMAIL: Final = (
    _counts()
    + '{{ range .Alerts.Firing }}{{ template "otel-trading.email.alert" . }}{{ end }}'
    + "{{ if .Alerts.Resolved }}\n\nResolved:{{ range .Alerts.Resolved }}"
    "\n{{ .Labels.alertname }}{{ with .Labels.service_name }} · {{ . }}{{ end }}{{ end }}{{ end }}"
)

_SUBJECT: Final = (
    "[" + _counts() + '] {{ with .CommonLabels.alertname }}{{ printf "%.100s" (reReplaceAll "\\\\pC+" " " .) }}'
    "{{ else }}{{ len .Alerts }} alerts{{ end }}"
    '{{ with .CommonLabels.service_name }} · {{ printf "%.60s" (reReplaceAll "\\\\pC+" " " .) }}{{ end }}'
)

DEFINED: Final = {
    "otel-trading.telegram": _TELEGRAM,
    "otel-trading.telegram.told": _TOLD,
    "otel-trading.telegram.named": _NAMED,
    "otel-trading.telegram.value": _value(_text),
    "otel-trading.subject": _SUBJECT,
    "otel-trading.email": _EMAIL,
    "otel-trading.email.alert": _EMAIL_ALERT,
}


def text() -> str:
    """Return all templates as one file of Go templates."""
    return "\n".join(f'{{{{ define "{name}" }}}}{body}{{{{ end }}}}' for name, body in DEFINED.items()) + "\n"


def templates() -> dict[str, Any]:
    """Return the content of ``templates.yaml``."""
    return {"apiVersion": 1, "templates": [{"orgId": 1, "name": "otel-trading", "template": text()}]}
