"""Where the stores are, and with which credentials they are asked.

By default both are asked through Grafana, which is all that the bundled stack publishes: its data-source proxy
passes requests on to Tempo and Loki for whoever may query them.
"""

from __future__ import annotations

import base64
import ipaddress
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from otel_trading.setting_kinds import Secret
from otel_trading.settings import TABLE, load
from otel_trading.stack.bot import grafana_url
from otel_trading.stack.environment import NAME, EnvironmentFileError, read_environment
from otel_trading.stores.errors import StackError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from otel_trading.settings import Settings

_FIELDS = (
    "stack_url",
    "stack_token",
    "stack_user",
    "stack_password",
    "stack_ca",
    "stack_seconds",
    "tempo_url",
    "loki_url",
)
_PROXY = "/api/datasources/proxy/uid/"
_ADMIN = "admin"


class Access(NamedTuple):
    """How one store is reached.

    ``store`` is its name, ``url`` what its API's paths are appended to, ``setting`` the variable that decides on
    the address, ``authorization`` the header's value (empty: none), ``ca`` a file of certificates to trust (empty:
    the system's), ``seconds`` how long to wait.
    """

    store: str
    url: str
    setting: str
    authorization: Secret
    ca: str
    seconds: float

    @property
    def by_grafana(self) -> bool:
        """Whether Grafana stands between."""
        return _PROXY in self.url

    @property
    def address(self) -> str:
        """Scheme, host and port, for messages."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def is_local(self) -> bool:
        """Whether it is on this machine, where nobody listens on the way."""
        return is_loopback(urlsplit(self.url).hostname or "")


class Stack(NamedTuple):
    """The two stores that hold a story."""

    tempo: Access
    loki: Access

    @property
    def place(self) -> str:
        """Where they are, for messages."""
        return " and ".join(dict.fromkeys(access.address for access in self))


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address is this machine's own."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def find_stack(folder: Path, environ: Mapping[str, str] | None = None) -> Stack:
    """Return how the stores are reached: by the settings, else by the stack's ``.env`` in ``folder``.

    Raises StackError where a setting is of no use, and where credentials would be sent unencrypted.
    """
    settings, problems = load(environ)
    for problem in problems:
        if problem.variable in {TABLE[field].variable for field in _FIELDS}:
            raise StackError(str(problem))
    known = _environment(folder / NAME)
    grafana = settings.stack_url or grafana_url(known)
    given = _given(settings)
    return Stack(
        _access("Tempo", "tempo", grafana, settings, given or _kept(grafana, known)),
        _access("Loki", "loki", grafana, settings, given or _kept(grafana, known)),
    )


def _access(store: str, uid: str, grafana: str, settings: Settings, authorization: Secret) -> Access:
    field = f"{uid}_url"
    own: str = getattr(settings, field)
    if own and urlsplit(own).netloc != urlsplit(grafana).netloc:
        authorization = _given(settings)  # what .env holds is Grafana's, and nobody else's
    setting = TABLE[field if own else "stack_url"].variable
    url = own or f"{grafana}{_PROXY}{uid}"
    access = Access(store, url, setting, authorization, str(settings.stack_ca or ""), settings.stack_seconds)
    parts = urlsplit(url)
    if parts.username is not None:
        raise StackError(
            f"{setting} holds credentials, which show up in logs: set {_names('stack_user', 'stack_password')} instead."
        )
    if authorization and parts.scheme == "http" and not access.is_local:
        raise StackError(
            f"{store}: credentials would go to {access.address} unencrypted. Set {setting} to an https URL."
        )
    return access


def _environment(file: Path) -> dict[str, str]:
    try:
        return read_environment(file) if file.exists() else {}
    except EnvironmentFileError as error:
        raise StackError(str(error)) from error


def _given(settings: Settings) -> Secret:
    """Return the credentials that are set."""
    if settings.stack_token:
        return Secret(f"Bearer {settings.stack_token}")
    if bool(settings.stack_user) is not bool(settings.stack_password):
        raise StackError(f"{_names('stack_user', 'stack_password')} go together: one of them is not set.")
    return _basic(settings.stack_user, settings.stack_password) if settings.stack_user else Secret()


def _kept(grafana: str, known: Mapping[str, str]) -> Secret:
    """Return the credentials of the stack's own Grafana, where that is what is asked."""
    asked, its_own = urlsplit(grafana), urlsplit(grafana_url(known))
    is_its_own = is_loopback(asked.hostname or "") and asked.port == its_own.port
    password = known.get("GRAFANA_PASSWORD", "")
    return _basic(known.get("GRAFANA_USER") or _ADMIN, password) if password and is_its_own else Secret()


def _basic(user: str, password: str) -> Secret:
    return Secret("Basic " + base64.b64encode(f"{user}:{password}".encode()).decode())


def _names(*fields: str) -> str:
    return " and ".join(TABLE[field].variable for field in fields)
