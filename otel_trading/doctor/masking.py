"""What the doctor says is often pasted into an issue: no secret of the environment may stand in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from otel_trading.telemetry import redact

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from otel_trading.doctor.finding import Finding

_SHORTEST = 4  # what is shorter would mask half of every sentence
_WORDS = frozenset({"true", "false", "none", "null", "basic", "bearer", "token", "enabled", "disabled"})
_SECRET_VARIABLE = re.compile(
    r"(?i)header|token|secret|pass|api_?key|private|credential|signature|auth|dsn|webhook|(?:^|_)key(?:_|$)|_pwd$"
)
_FILES = re.compile(r"OTEL_EXPORTER_OTLP_(?:\w+_)?CLIENT_KEY$")
_SCHEME = re.compile(r"(?i)^(?:bearer|basic|token)(?:\s|%20)+")


def is_secret(variable: str) -> bool:
    """Tell whether a variable of the environment is named like one that holds a secret."""
    return _SECRET_VARIABLE.search(variable) is not None and _FILES.search(variable) is None


class Masker:
    """Masks in any text the secrets that an environment holds, whatever they look like, and what redaction masks."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        found = {part for name, value in environ.items() if is_secret(name) for part in _parts(value)}
        known = sorted(
            (part for part in found if len(part) >= _SHORTEST and part.lower() not in _WORDS), key=len, reverse=True
        )
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def text(self, text: str) -> str:
        """Return ``text`` without secrets."""
        if self._known is not None:
            text = self._known.sub(redact.MASK, text)
        return redact.text(text)

    def any(self, value: Any) -> Any:
        """Return a JSON value, masked at every depth."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {key: self.any(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.any(item) for item in value]
        return value

    def finding(self, found: Finding) -> Finding:
        """Return ``found``, masked."""
        return found._replace(
            title=self.text(found.title),
            evidence=tuple(map(self.text, found.evidence)),
            remedy=self.text(found.remedy),
        )


def _parts(value: str) -> Iterator[str]:
    """Yield a secret as a whole, and each value of a list of ``name=value`` pairs, as the headers are."""
    for whole in (value.strip(), unquote(value.strip())):
        yield whole
        for pair in whole.split(","):
            name, sign, held = pair.partition("=")
            part = (held if sign else name).strip()
            yield part
            yield _SCHEME.sub("", part)
