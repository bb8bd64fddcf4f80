"""The check of the receiver: one finding for what several signals have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from otel_trading.doctor.finding import error, fine, note, warning
from otel_trading.doctor.receiver.explain import explain, root_cause

if TYPE_CHECKING:
    from collections.abc import Iterator

    from otel_trading.doctor.finding import Finding
    from otel_trading.doctor.receiver.explain import Explained
    from otel_trading.doctor.receiver.outcome import Outcome
    from otel_trading.doctor.receiver.target import Target
    from otel_trading.doctor.situation import Situation


def check_receiver(situation: Situation) -> Iterator[Finding]:
    """Send a test record of each signal that goes to a receiver, and explain what became of them."""
    if not situation.targets:
        yield fine("receiver", "No receiver is configured: nothing leaves this machine")
    elif situation.offline:
        yield note("receiver.untried", "The receiver was not tried (--offline)")
    yield from _plain(situation.targets)
    yield from _overruled(situation)
    grouped: dict[tuple[str, str], list[tuple[Outcome, Explained]]] = {}
    for outcome in situation.outcomes:
        explained = explain(outcome)
        grouped.setdefault((explained.code, outcome.target.place), []).append((outcome, explained))
    for (code, place), group in grouped.items():
        signals = ", ".join(outcome.target.signal for outcome, _ in group)
        if code:
            title, remedy = group[0][1].title, group[0][1].remedy
            seen = (_seen(outcome) for outcome, _ in group)
            yield error(f"receiver.{code}", f"{title} ({signals})", *seen, remedy=remedy)
        else:
            yield fine("receiver", f"{place} took a test record of {signals}")


def _plain(targets: list[Target]) -> Iterator[Finding]:
    exposed = [target for target in targets if target.headers and target.is_plain]
    if exposed:
        first = exposed[0]
        title = f"The headers {', '.join(first.headers)} travel unencrypted to {first.place}"
        yield warning("receiver.plaintext", title, remedy="Use an endpoint that begins with https://.")


def _overruled(situation: Situation) -> Iterator[Finding]:
    """Find a certificate that the HTTP exporter never looks at: requests prefers its own variables to it."""
    environ = situation.environ
    bundle = next((name for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE") if environ.get(name)), None)
    hit = [each for each in situation.targets if each.certificate and each.endpoint.startswith("https:")]
    if bundle and any(each.protocol != "grpc" for each in hit):
        title = f"{bundle} is set, and OTEL_EXPORTER_OTLP_CERTIFICATE is ignored"
        seen = (f"{bundle}={environ[bundle]}", f"OTEL_EXPORTER_OTLP_CERTIFICATE={hit[0].certificate}")
        remedy = f"Add the receiver's CA to the file of {bundle}, or unset {bundle} for the bot."
        yield warning("receiver.ca_bundle", title, *seen, remedy=remedy)


def _seen(outcome: Outcome) -> str:
    target = outcome.target
    words = [f"HTTP {outcome.status}"] if outcome.status is not None else []
    words += [outcome.code] if outcome.code and not outcome.delivered else []
    words += [outcome.words] if outcome.words else []
    if outcome.error is not None:
        cause = root_cause(outcome.error)
        words.append(f"{type(cause).__name__}: {cause}")
    return f"{target.signal}, {target.protocol} to {target.endpoint}: {' '.join(words) or 'no answer'}"
