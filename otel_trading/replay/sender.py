"""One request of OTLP/HTTP, and what its answer means for the records in it.

OpenTelemetry Protocol specification 1.x, sections "OTLP/HTTP Response" and "OTLP/HTTP Throttling".
"""

from __future__ import annotations

import contextlib
import email.utils
import enum
import gzip
import json
import time
import zlib
from http.client import BadStatusLine
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote, urlsplit

import requests
import urllib3.exceptions

from otel_trading.causes import causes

if TYPE_CHECKING:
    from otel_trading.replay.target import Target

_MOST_ANSWER = 64 * 1024
_WORDS = 200
_GZIP_LEVEL = 3  # a third of the time of the usual 9, a tenth more bytes

_LATER = frozenset({429, 502, 503, 504})
_REFUSED = frozenset({400, 422})
_CREDENTIALS = frozenset({401, 403})
_NO_SUCH_PATH = frozenset({404, 405})
_OK, _REDIRECT, _BAD, _TOO_LARGE, _MEDIA = 200, 300, 400, 413, 415


class Verdict(enum.Enum):
    """What to do with the records of a request."""

    TAKEN = enum.auto()
    LATER = enum.auto()
    """Send them again: the receiver is away or overloaded."""
    REFUSED = enum.auto()
    """One of them is at fault."""
    TOO_LARGE = enum.auto()
    STOP = enum.auto()
    """Nothing can be sent this way."""


class Answer(NamedTuple):
    """What became of a request."""

    verdict: Verdict
    words: str = ""
    remedy: str = ""
    status: int = 0
    wait_seconds: float | None = None
    """How long the receiver asks to wait."""
    uncertain: bool = False
    """Whether the records may have been taken all the same."""
    rejected: int = 0
    """Records of a request that was taken that were not."""


class Sender:
    """Sends to one target. Not thread-safe."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self._session = requests.Session()
        parts = urlsplit(target.url)
        # Else an entry for the host in ~/.netrc would replace the header that was asked for.
        self._session.auth = (unquote(parts.username), unquote(parts.password or "")) if parts.username else _unchanged
        self._headers = {**target.headers, "content-type": "application/json"}
        if target.compression != "none":
            self._headers["content-encoding"] = target.compression

    def close(self) -> None:
        """Close the connections; a later request opens a new one."""
        self._session.close()

    def send(self, body: bytes) -> Answer:
        """Send the body of a request once. Raises nothing."""
        target = self.target
        try:
            with self._session.post(
                target.url,
                data=_compressed(body, target.compression),
                headers=self._headers,
                timeout=target.timeout,
                allow_redirects=False,
                stream=True,
                # Given with the request, these win over REQUESTS_CA_BUNDLE.
                verify=target.certificate or True,
                cert=(target.client_certificate, target.client_key or target.client_certificate)
                if target.client_certificate
                else None,
            ) as response:
                return self._answer(response)
        except requests.exceptions.RequestException as error:
            return _failed(error, target)
        except (OSError, ValueError) as error:
            return Answer(Verdict.STOP, f"{target.place} cannot be asked: {error}")

    def _answer(self, response: requests.Response) -> Answer:
        status = response.status_code
        text = _text(response)
        if _OK <= status < _REDIRECT:
            return _taken(status, text, response.headers.get("content-type", ""), self.target)
        words = f"HTTP {status} {_message(text) or response.reason or ''}".strip()
        # The Collector answers 400 where others answer 413.
        if status == _TOO_LARGE or (status == _BAD and "body too large" in text):
            return Answer(Verdict.TOO_LARGE, words, status=status)
        if status in _REFUSED:
            return Answer(Verdict.REFUSED, words, status=status)
        if status in _LATER:
            wait = _retry_after(response.headers.get("retry-after", ""))
            # A gateway does not know what became of the request behind it.
            return Answer(Verdict.LATER, words, status=status, wait_seconds=wait, uncertain=status in {502, 504})
        return Answer(Verdict.STOP, words, _remedy(status, self.target), status, uncertain=status >= 500)  # noqa: PLR2004 - HTTP's


def _unchanged(prepared: requests.PreparedRequest) -> requests.PreparedRequest:
    return prepared


def _compressed(body: bytes, compression: str) -> bytes:
    if compression == "gzip":
        return gzip.compress(body, _GZIP_LEVEL, mtime=0)
    return zlib.compress(body) if compression == "deflate" else body


def _text(response: requests.Response) -> str:
    """Return the answer's text, as far as it is there and short; what counts is the status."""
    found = b""
    with contextlib.suppress(requests.exceptions.RequestException, OSError):
        for piece in response.iter_content(4096):
            found += piece
            if len(found) > _MOST_ANSWER:
                break
    return found.decode("utf-8", "replace")


def _parsed(text: str) -> dict[str, Any]:
    with contextlib.suppress(ValueError, RecursionError):
        found = json.loads(text)
        if isinstance(found, dict):
            return found
    return {}


def _message(text: str) -> str:
    """Return what a ``google.rpc.Status`` says, else the text itself."""
    message = _parsed(text).get("message")
    return " ".join((message if isinstance(message, str) else text).split())[:_WORDS]


def _taken(status: int, text: str, content_type: str, target: Target) -> Answer:
    if "html" in content_type.lower():
        remedy = "Something else listens there: correct the endpoint."
        return Answer(Verdict.STOP, f"{target.place} answers with a web page", remedy, status)
    parsed = _parsed(text)
    partial = parsed.get("partialSuccess", parsed.get("partial_success"))
    if not isinstance(partial, dict):
        return Answer(Verdict.TAKEN, status=status)
    counts = [value for name, value in partial.items() if name.lower().startswith("rejected")]
    message = next((str(value) for name, value in partial.items() if name.lower().startswith("errorm")), "")
    return Answer(Verdict.TAKEN, message[:_WORDS], status=status, rejected=sum(map(_count, counts)))


def _count(value: object) -> int:
    try:
        return max(int(str(value)), 0)  # OTLP/JSON writes 64 bits as text
    except ValueError:
        return 0


def _retry_after(text: str) -> float | None:
    """Return the seconds of a Retry-After header (RFC 9110, 10.2.3): a number, or a date."""
    with contextlib.suppress(ValueError):
        seconds = float(text)
        return seconds if 0 <= seconds < float("inf") else None
    with contextlib.suppress(ValueError, TypeError, OverflowError):
        return max(email.utils.parsedate_to_datetime(text).timestamp() - time.time(), 0.0)
    return None


def _remedy(status: int, target: Target) -> str:
    if status in _CREDENTIALS:
        sent = f"the headers {', '.join(sorted(target.headers))} were" if target.headers else "no header was"
        return (
            f"Set {target.headers_variable} to what the receiver asks for, such as authorization=Bearer%20TOKEN"
            f" ({sent} sent)."
        )
    if status in _NO_SUCH_PATH:
        return f"Nothing takes {target.signal} at {target.place}: correct the endpoint, which is without /v1/..."
    if _REDIRECT <= status < _BAD:
        return "It redirects: give the endpoint to which it does."
    if status == _MEDIA:
        return "It takes no OTLP/JSON: send to an OpenTelemetry Collector."
    return "See the receiver's own log for the reason; then run this again."


def _failed(error: requests.exceptions.RequestException, target: Target) -> Answer:
    """Tell apart what was surely not sent, what may have arrived, and what never will."""
    chain = list(causes(error))
    words = str(next((each for each in chain if isinstance(each, OSError) and each.errno is not None), chain[-1]))
    if isinstance(error, requests.exceptions.SSLError):
        remedy = (
            "Set OTEL_EXPORTER_OTLP_CERTIFICATE to the file of the CA that signed the receiver's certificate; where it"
            " speaks no TLS, begin the endpoint with http://."
        )
        return Answer(Verdict.STOP, f"no TLS connection to {target.place}: {words}", remedy)
    if any(isinstance(each, BadStatusLine) and not _is_closed(each) for each in chain):
        remedy = "Is it the port of gRPC (4317)? OTLP/HTTP is at 4318 as a rule."
        return Answer(Verdict.STOP, f"{target.place} does not speak HTTP", remedy)
    if isinstance(error, requests.exceptions.Timeout):
        unsent = isinstance(error, requests.exceptions.ConnectTimeout)
        words = f"no {'connection' if unsent else 'answer'} within {target.timeout:g} s"
        return Answer(Verdict.LATER, words, uncertain=not unsent)
    if isinstance(error, requests.exceptions.ConnectionError):
        unsent = any(isinstance(each, _UNSENT) for each in chain)
        return Answer(Verdict.LATER, words, uncertain=not unsent)
    return Answer(Verdict.STOP, f"{target.place} cannot be asked: {words}")


_UNSENT = (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ProxyError)


def _is_closed(error: BadStatusLine) -> bool:
    """Tell whether the connection ended without a byte of an answer."""
    return isinstance(error, ConnectionError)
