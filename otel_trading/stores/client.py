"""Asking a store over HTTP, and what its refusals mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import requests

from otel_trading.stores.errors import StackError
from otel_trading.stores.refusals import refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from otel_trading.stores.access import Access

_REDIRECT = 300
_NOT_FOUND = 404


class Client:
    """One store's HTTP API, over connections that are kept. Not thread-safe."""

    def __init__(self, access: Access) -> None:
        self.access = access
        self._session = requests.Session()
        # What is asked on this machine goes through no proxy that the environment names.
        self._session.trust_env = not access.is_local
        self._session.auth = self._authorize
        if access.ca:
            self._session.verify = access.ca

    def get(
        self, path: str, params: Mapping[str, str | int] | None = None, headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """Return the JSON object at a path. Raises StackError with the remedy where there is none."""
        access = self.access
        try:
            # A redirect would lead the credentials to wherever it says.
            answer = self._session.get(
                access.url + path,
                params=params,
                headers={"Accept": "application/json", **(headers or {})},
                timeout=access.seconds,
                allow_redirects=False,
            )
        except (requests.RequestException, OSError) as error:
            raise refusal(access, error=error) from error
        if answer.status_code >= _REDIRECT:
            raise refusal(access, status=answer.status_code, words=answer.text)
        try:
            found = answer.json()
        except ValueError as error:
            raise refusal(access, status=answer.status_code) from error
        if not isinstance(found, dict):
            raise refusal(access, status=answer.status_code)
        return found

    def get_if_any(self, path: str) -> dict[str, Any]:
        """Return the JSON object at a path, an empty one where the store itself says there is none."""
        try:
            return self.get(path)
        except StackError as error:
            if error.status == _NOT_FOUND and "trace not found" in error.words:
                return {}
            raise

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def _authorize(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        # Set even to nothing: requests would look for credentials in ~/.netrc.
        if self.access.authorization:
            request.headers["Authorization"] = str(self.access.authorization)
        return request
