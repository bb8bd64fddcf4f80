"""Bots behind a web server: its workers are processes like any other."""

from __future__ import annotations

import http.client
import signal
from typing import TYPE_CHECKING

from tests.endtoend.bots import eventually
from tests.reliability.pitfall import Pitfall, Run, Seen

if TYPE_CHECKING:
    from tests.endtoend.receiver import Receiver
    from tests.reliability.running import Program

WORKERS = 2

APPLICATION = """
import itertools, os, socket, sys
from opentelemetry import trace

numbers = itertools.count(1)

def answered():
    name = f"{os.getpid()}-{next(numbers)}"
    trace.get_tracer("bot").start_span(name).end()
    print(name, flush=True)
    return str(os.getpid()).encode()

def wsgi(environ, start_response):
    body = answered()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]

async def asgi(scope, receive, send):
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": answered()})

def a_port():
    with socket.create_server(("127.0.0.1", 0)) as unused:
        return unused.getsockname()[1]
"""
GUNICORN = """
if __name__ == "__main__":
    from gunicorn.app.wsgiapp import run
    port = a_port()
    print(port, flush=True)
    sys.argv = ["gunicorn", "--workers", "2", "--bind", f"127.0.0.1:{port}", "--no-control-socket", "bot:wsgi"]
    run()
"""
UVICORN = """
if __name__ == "__main__":
    import uvicorn
    port = a_port()
    print(port, flush=True)
    uvicorn.run("bot:asgi", host="127.0.0.1", port=port, workers=2, log_level="warning")
"""


def asked(port: int) -> str:
    """Return the process id of the worker that answered; empty while none does."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/")
        return connection.getresponse().read().decode()
    except (OSError, http.client.HTTPException):
        return ""
    finally:
        connection.close()


def each_worker_once(program: Program, _: Receiver) -> None:
    """Ask until each worker has answered, then end the server as ``docker stop`` does."""
    port = int(program.read_line())
    answers: set[str] = set()

    def all_answered() -> bool:
        answers.update(filter(None, [asked(port)]))
        return len(answers) == WORKERS

    eventually(all_answered)
    program.signal(signal.SIGTERM)


def of_each_worker(run: Run) -> Seen:
    """Measure whether the span of every request arrived, and each worker's under one id of its own."""
    answered = run.stdout.split()[1:]
    lost = len(set(answered) - set(run.names()))
    workers = {(record.resource.get("service.instance.id"), record.name.partition("-")[0]) for record in run.records()}
    own = len({found for found, _ in workers}) == len(workers) == WORKERS
    if lost:
        return Seen("spans of the last requests are lost", harmed=True)
    words = "each worker under its own instance id" if own else "under one instance id"
    return Seen(f"the span of every request arrived, {words}", not own)


PITFALLS = (
    Pitfall(
        "gunicorn",
        "gunicorn with 2 workers, ended by SIGTERM",
        APPLICATION + GUNICORN,
        of_each_worker,
        each_worker_once,
        not_reproduced="its workers end by `sys.exit`",
    ),
    Pitfall(
        "uvicorn",
        "uvicorn with 2 workers, ended by SIGTERM",
        APPLICATION + UVICORN,
        of_each_worker,
        each_worker_once,
    ),
)
