"""What should leave the machine nowhere: secrets to the receiver, our headers to a venue."""

from __future__ import annotations

from tests.reliability.pitfall import Pitfall, Run, Seen

KEY = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A"
"""No key of anybody's: letters and digits of the length that Binance's have."""

VENUE = """
import http.server, logging, sys, threading
import requests
from opentelemetry import baggage, context, trace
log = logging.getLogger("bot")
log.setLevel(logging.INFO)

class Venue(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        got.update(self.headers)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()
    def log_message(self, *args):
        pass

got = {}
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Venue)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_address[1]}/api/v3/account"
"""
SECRET_IN_URL = f"""
requests.get(url, params={{"apiKey": "{KEY}", "signature": "{KEY}"}})
"""
SECRET_IN_LOG = f"""
log.info("request headers %s", {{"X-MBX-APIKEY": "{KEY}"}})
"""
SECRET_IN_ERROR = f"""
try:
    raise RuntimeError("401 for {{url}}?signature={KEY}")
except RuntimeError:
    log.exception("refused")
"""
SECRET_IN_RESOURCE = """
log.info("hello")
"""
HEADERS = """
context.attach(baggage.set_baggage("strategy", "grid"))
with trace.get_tracer("bot").start_as_current_span("order"):
    requests.get(url)
print(sorted({name.lower() for name in got} & {"traceparent", "tracestate", "baggage"}), flush=True)
"""


def secret_out(run: Run) -> Seen:
    """Measure whether the secret is in anything that the receiver was sent."""
    everything = [*run.receiver.spans, *run.receiver.logs]
    if not everything:
        return Seen("nothing arrived", harmed=True)
    found = KEY in repr(everything) or KEY in repr(run.receiver.metrics)
    return Seen("the receiver gets the secret" if found else "the receiver gets it masked", found)


def headers_out(run: Run) -> Seen:
    names = run.stdout.strip().strip("[]").replace("'", "`")
    return Seen(f"the venue gets {names}" if names else "the venue gets none of them", bool(names) or run.stdout == "")


PITFALLS = (
    Pitfall("secret-url", "An API key and a signature in the URL of a request", VENUE + SECRET_IN_URL, secret_out),
    Pitfall("secret-log", "An API key in a log line", VENUE + SECRET_IN_LOG, secret_out),
    Pitfall(
        "secret-error", "A signature in an exception's message and stack trace", VENUE + SECRET_IN_ERROR, secret_out
    ),
    Pitfall(
        "secret-resource",
        "A secret in `OTEL_RESOURCE_ATTRIBUTES`",
        VENUE + SECRET_IN_RESOURCE,
        secret_out,
        environ={"OTEL_RESOURCE_ATTRIBUTES": f"api_key={KEY}"},
    ),
    Pitfall("headers", "Trace headers and baggage on a request to the venue", VENUE + HEADERS, headers_out),
)
