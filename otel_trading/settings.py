"""Every setting of the distribution: one typed table, read once from a configuration file and the environment.

Standard ``OTEL_*`` variables keep their meaning; ours begin with ``OTEL_TRADING_``. A wrong value never
stops a bot: the default holds, and a :class:`Problem` says which variable is wrong and what it takes.
"""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, NamedTuple

from otel_trading import config_file
from otel_trading import setting_kinds as kinds
from otel_trading.setting_sources import Problem as Problem  # noqa: PLC0414 - a name of this module's too
from otel_trading.setting_sources import Setting as Setting  # noqa: PLC0414 - the same
from otel_trading.setting_sources import default_store, from_section, from_variables, overruled

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping
    from pathlib import Path

    from otel_trading.setting_sources import Section

TABLE: dict[str, Setting] = {
    "export": Setting(
        "OTEL_TRADING_EXPORT",
        kinds.one_of("auto", "store", "otlp", "both"),
        "auto",
        "Where telemetry goes: files on this machine (store), an OTLP receiver (otlp), or both. "
        "auto is otlp where an OTEL_EXPORTER_OTLP endpoint is set, else store. "
        "OTEL_TRACES_EXPORTER and its like, where set, win for their signal.",
    ),
    "store": Setting(
        "OTEL_TRADING_STORE",
        kinds.path,
        None,
        "Folder of the local store. Default: otel-trading in $XDG_STATE_HOME, else in ~/.local/state.",
    ),
    "store_max_bytes": Setting(
        "OTEL_TRADING_STORE_MAX_BYTES",
        kinds.Number(int, 1 << 20),
        5 << 30,
        "Bytes that one service may keep in the local store; the oldest files go first.",
    ),
    "store_max_days": Setting(
        "OTEL_TRADING_STORE_MAX_DAYS", kinds.Number(float, 0), 30.0, "Days that records stay in the local store."
    ),
    "store_file_bytes": Setting(
        "OTEL_TRADING_STORE_FILE_BYTES",
        kinds.Number(int, 1 << 16),
        64 << 20,
        "Bytes after which a file of the store is closed and compressed, and a new one begun.",
    ),
    "store_file_seconds": Setting(
        "OTEL_TRADING_STORE_FILE_SECONDS",
        kinds.Number(float, 1),
        3600.0,
        "Seconds after which a file of the store is closed and compressed, and a new one begun.",
    ),
    "queue_size": Setting(
        "OTEL_TRADING_QUEUE_SIZE",
        kinds.Number(int, 1),
        65536,
        "Records of one signal that may wait for one exporter; what comes on top is dropped and counted. "
        "The SDK's 2,048 is lost within a burst.",
    ),
    "queue_bytes": Setting(
        "OTEL_TRADING_QUEUE_BYTES",
        kinds.Number(int, 1 << 16),
        64 << 20,
        "Bytes, by estimate, of the records of one signal that may wait for one exporter; what comes on top is dropped "
        "and counted.",
    ),
    "flush_seconds": Setting(
        "OTEL_TRADING_FLUSH_SECONDS",
        kinds.Number(float, 0.01),
        0.5,
        "Seconds after which waiting records are exported at the latest.",
    ),
    "shutdown_seconds": Setting(
        "OTEL_TRADING_SHUTDOWN_SECONDS",
        kinds.Number(float, 0),
        2.0,
        "Seconds that the end of the process may be held up to deliver what is still waiting.",
    ),
    "spool_max_bytes": Setting(
        "OTEL_TRADING_SPOOL_MAX_BYTES",
        kinds.Number(int, 0),
        256 << 20,
        "Bytes of each of spans and logs of a service that wait on disk while the OTLP receiver is away; the oldest go "
        "first. 0 has none wait: they are dropped.",
    ),
    "spool_max_seconds": Setting(
        "OTEL_TRADING_SPOOL_MAX_SECONDS",
        kinds.Number(float, 1),
        3 * 86400.0,
        "Seconds that records wait on disk for the OTLP receiver.",
    ),
    "strategy": Setting(
        "OTEL_TRADING_STRATEGY",
        kinds.text,
        "",
        "Strategy id of orders that are sent outside any strategy(...) block.",
    ),
    "max_symbols": Setting(
        "OTEL_TRADING_MAX_SYMBOLS",
        kinds.Number(int, 0),
        50,
        "Symbols that metrics tell apart; those that come later are counted as _other.",
    ),
    "registry_size": Setting(
        "OTEL_TRADING_REGISTRY_SIZE",
        kinds.Number(int, 1),
        20_000,
        "Orders remembered, so that a late fill finds its order's trace.",
    ),
    "registry_seconds": Setting(
        "OTEL_TRADING_REGISTRY_SECONDS",
        kinds.Number(float, 1),
        7 * 86400.0,
        "Seconds that a finished order is remembered.",
    ),
    "arrival_seconds": Setting(
        "OTEL_TRADING_ARRIVAL_SECONDS",
        kinds.Number(float, 0),
        5.0,
        "Age in seconds up to which the last quote seen by the bot counts as an order's arrival price.",
    ),
    "console": Setting(
        "OTEL_TRADING_CONSOLE",
        kinds.one_of("text", "json"),
        "text",
        "json turns what the bot's logging prints on its console into JSON lines with trace and order ids.",
    ),
    "backtests": Setting(
        "OTEL_TRADING_BACKTESTS",
        kinds.one_of("off", "on"),
        "off",
        "on records the orders of NautilusTrader's back-tests as well. They are many: a dense back-test takes some 2.6 "
        "times as long, and fills the local store.",
    ),
    "propagate_hosts": Setting(
        "OTEL_TRADING_PROPAGATE_HOSTS",
        kinds.names,
        (),
        "Hosts (comma separated) that may be sent trace headers. A venue never needs them.",
    ),
    "mask_keys": Setting(
        "OTEL_TRADING_MASK_KEYS",
        kinds.names,
        (),
        "Names (comma separated) of attributes and fields whose values are masked wholly, at any depth.",
    ),
    "mask_patterns": Setting(
        "OTEL_TRADING_MASK_PATTERNS",
        kinds.patterns,
        (),
        r"Regular expressions, separated by white space (within one, write `\s`): what they match is masked.",
    ),
    "hash_key": Setting(
        "OTEL_TRADING_HASH_KEY",
        kinds.secret,
        "",
        "Key of the hashes that stand for account and user ids. Default: a random one, kept in the store's folder.",
    ),
    "stack_url": Setting(
        "OTEL_TRADING_STACK_URL",
        kinds.address,
        "",
        "Address of the stack's Grafana, for --from stack. Default: port GRAFANA_PORT (of .env here, else 3000) of "
        "this machine.",
    ),
    "stack_token": Setting(
        "OTEL_TRADING_STACK_TOKEN",
        kinds.secret,
        "",
        "Token of a Grafana service account that may query data sources.",
    ),
    "stack_user": Setting("OTEL_TRADING_STACK_USER", kinds.text, "", "User of Grafana, in place of a token."),
    "stack_password": Setting(
        "OTEL_TRADING_STACK_PASSWORD",
        kinds.secret,
        "",
        "Password of that user. Default: in a folder with the stack's .env, what that holds for the stack's Grafana.",
    ),
    "stack_ca": Setting(
        "OTEL_TRADING_STACK_CA", kinds.path, None, "File of the authority that certified the stack's https addresses."
    ),
    "stack_seconds": Setting(
        "OTEL_TRADING_STACK_SECONDS", kinds.Number(float, 0.1), 30.0, "Seconds to wait for an answer of the stack."
    ),
    "tempo_url": Setting(
        "OTEL_TRADING_TEMPO_URL", kinds.address, "", "Address of Tempo. Default: Grafana's data source `tempo`."
    ),
    "loki_url": Setting(
        "OTEL_TRADING_LOKI_URL", kinds.address, "", "Address of Loki. Default: Grafana's data source `loki`."
    ),
}


class Settings(NamedTuple):
    """The settings in force. The fields are the rows of :data:`TABLE`."""

    export: str
    store: Path
    store_max_bytes: int
    store_max_days: float
    store_file_bytes: int
    store_file_seconds: float
    queue_size: int
    queue_bytes: int
    flush_seconds: float
    shutdown_seconds: float
    spool_max_bytes: int
    spool_max_seconds: float
    strategy: str
    max_symbols: int
    registry_size: int
    registry_seconds: float
    arrival_seconds: float
    console: str
    backtests: str
    propagate_hosts: tuple[str, ...]
    mask_keys: tuple[str, ...]
    mask_patterns: tuple[re.Pattern[str], ...]
    hash_key: str
    stack_url: str
    stack_token: str
    stack_user: str
    stack_password: str
    stack_ca: Path | None
    stack_seconds: float
    tempo_url: str
    loki_url: str


def load(environ: Mapping[str, str] | None = None, section: Section | None = None) -> tuple[Settings, list[Problem]]:
    """Read the settings from ``environ`` (default: this process's), and say which values were unusable.

    What ``section`` of a configuration file says comes before the variables, setting by setting. A setting that there
    is not is a problem too: most often it is a misspelt one.
    """
    store = os.environ if environ is None else environ
    values, problems = from_variables(TABLE, store)
    if section is not None:
        said, more = from_section(TABLE, section)
        problems = [each for each in problems if each.variable not in {TABLE[name].variable for name in said}]
        problems += [*more, *overruled(TABLE, section, values, said)]
        values |= said
    merged = {name: row.default for name, row in TABLE.items()} | values
    if merged["store"] is None:
        merged["store"] = default_store(store)
    return Settings(**merged), problems


def load_all(environ: Mapping[str, str] | None = None) -> tuple[Settings, list[Problem]]:
    """Read the settings as :func:`load` does, and first of all the file that ``OTEL_CONFIG_FILE`` names, if any."""
    file = config_file.read(os.environ if environ is None else environ)
    if file is None:
        return load(environ)
    found, problems = load(environ, file.section)
    return found, [*file.problems, *problems]


_current: Settings | None = None


def current() -> Settings:
    """Return the settings of this process, read at the first call; a file is read by the main thread only."""
    global _current  # noqa: PLW0603 - read once a process, replaced only by tests
    if _current is None:
        # The SDK runs resource detectors on threads of its own while it is imported, and they ask for settings: to read
        # the file is to import the SDK, so each would wait for the other.
        if os.environ.get(config_file.VARIABLE) and threading.current_thread() is not threading.main_thread():
            return load()[0]
        _current = load_all()[0]
    return _current


def replace_current(settings: Settings | None) -> None:
    """Put ``settings`` in force; ``None`` has them read from the environment again."""
    global _current  # noqa: PLW0603 - the one place that replaces them
    _current = settings
