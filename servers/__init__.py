"""The real servers of the stack, built from their Go modules for the tests: ``python -m servers``.

The containers of ``docker-compose.yml`` run the same versions. Each folder here pins one server: ``go.mod`` its version
and every module's behind it, ``go.sum`` their checksums. Binaries lie in the user's cache folder under the digest of
these files, so what was built once is not built again, by whatever checkout.
"""

from __future__ import annotations

from servers.cache import binary
from servers.table import SERVERS, Server

__all__ = ["SERVERS", "Server", "binary"]
