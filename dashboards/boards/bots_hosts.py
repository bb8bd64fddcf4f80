"""Processor, memory, event loop, threads and files of bots, and what their hosts have left."""

from __future__ import annotations

from typing import Final

from dashboards.foreign import of_bots
from dashboards.kit import PER_MINUTE, bars, plot
from dashboards.names import SERVICE, TARGET, label
from dashboards.queries import WINDOW, counted_in, grouped, is_, latest, prom, threshold
from otel_trading.semconv import metrics

HOST: Final = "host.name"
_MODE: Final = "cpu.mode"
_GENERATION: Final = "cpython.gc.generation"
_SWITCHED_OFF: Final = "Nothing told: the bot is older, or OTEL_PYTHON_DISABLED_INSTRUMENTATIONS names system_metrics"
_NO_LOOP: Final = "No bot with an event loop of asyncio"
_PROCESS: Final = ("job", "instance")


def _now(name: str) -> str:
    return f"last_over_time({of_bots(name)}[{WINDOW}])"


def _per_second(name: str, *where: str) -> str:
    return f"{counted_in(of_bots(name, *where))} * 1000 / $__rate_interval_ms"


def _by_host(expr: str, *more: str) -> str:
    """Return what a host's bots say of it, once: every bot there tells the same."""
    one = f"max by ({', '.join(map(label, (*_PROCESS, *more)))}) ({expr})"
    which = f"max by ({', '.join((*_PROCESS, label(HOST)))}) (last_over_time({of_bots(TARGET)}[{WINDOW}]))"
    return grouped(f"{one} * on({', '.join(_PROCESS)}) group_left({label(HOST)}) {which}", (HOST, *more), "max")


def _share_of_host(*modes: str) -> str:
    """Return the share of all processors' time that a host spends in these modes."""
    time = "system_cpu_time_seconds_total"
    some, spent = (_by_host(_per_second(time, *where), _MODE) for where in ((is_(_MODE, *modes),), ()))
    return f"{grouped(some, (HOST,))} / ({grouped(spent, (HOST,))} > 0)"


RUNTIME: Final = (
    plot(
        "Event loop, longest delay",
        "The longest time that an event loop was held up, by bot; while it hangs, the time so far. Nothing is seen or "
        "canceled meanwhile.",
        "steps above 0.1 s: a call that waits (requests, time.sleep, a file), a long computation, or garbage "
        "collection of a large heap. Move it to a thread; see what the bot logged at that second.",
        prom(latest(metrics.TRADING_BOT_EVENT_LOOP_DELAY, by=(SERVICE,), function="max"), by=(SERVICE,)),
        threshold("event_loop_delay_seconds", "alert"),
        unit="s",
        lines="",
        no_data=_NO_LOOP,
    ),
    plot(
        "Processors in use",
        "Processor time, by bot: 1 is a whole processor, which is all that one process of Python can use.",
        "near 1: the bot is at its end, whatever the host has left. Fewer symbols for each process, or faster code.",
        prom(grouped(_per_second("process_cpu_time_seconds_total"), (SERVICE,)), by=(SERVICE,)),
        unit="none",
        defaults={"decimals": 2},
        lines="",
        no_data=_SWITCHED_OFF,
    ),
    plot(
        "Memory",
        "Memory that each bot holds, all its processes together.",
        "a line that only rises is a leak: caches of orders, books or messages that nothing empties.",
        prom(grouped(_now("process_memory_usage_bytes"), (SERVICE,)), by=(SERVICE,)),
        unit="bytes",
        lines="",
        no_data=_SWITCHED_OFF,
    ),
    bars(
        "Garbage collections, whole heap",
        "Collections of the oldest generation in a minute, by bot. The bot stands still while one lasts, the longer "
        "the more it holds.",
        "many, with steps in the event loop's delay: gc.freeze() after the start, and fewer objects in cycles.",
        prom(
            f"{grouped(counted_in(of_bots('cpython_gc_collections_total', is_(_GENERATION, '2'))), (SERVICE,))}"
            " * 60000 / $__rate_interval_ms",
            by=(SERVICE,),
        ),
        unit=PER_MINUTE,
        lines="",
        no_data=_SWITCHED_OFF,
    ),
    plot(
        "Threads",
        "Threads of each bot, those of its libraries and of telemetry included.",
        "a line that only rises: threads that are started and never end.",
        prom(grouped(_now("process_thread_count"), (SERVICE,)), by=(SERVICE,)),
        unit="none",
        defaults={"decimals": 0},
        lines="",
        no_data=_SWITCHED_OFF,
    ),
    plot(
        "Open files and connections",
        "File descriptors that each bot has open.",
        "a line that only rises ends with 'too many open files', mostly 1,024: connections or files that are not "
        "closed.",
        prom(grouped(_now("process_open_file_descriptor_count"), (SERVICE,)), by=(SERVICE,)),
        unit="none",
        defaults={"decimals": 0},
        lines="",
        no_data=_SWITCHED_OFF,
    ),
)

HOSTS: Final = (
    plot(
        "Host's processors in use",
        "The share of the time of all processors of a host that is not idle.",
        "near 1: the bots there wait for each other. Move one, or give the host more.",
        prom(_share_of_host("user", "system", "iowait", "steal"), by=(HOST,)),
        unit="percentunit",
        soft_max=1,
        width=6,
        lines="",
        no_data=_SWITCHED_OFF,
    ),
    plot(
        "Taken from the host",
        "The share of time that a virtual machine was due and did not get (steal), and that it waited for a disk.",
        "steal: a crowded host of your provider; latencies are not yours to mend there, move. iowait: the disk.",
        prom(_share_of_host("steal"), "steal {{host_name}}", (HOST,)),
        prom(_share_of_host("iowait"), "iowait {{host_name}}", (HOST,)),
        unit="percentunit",
        width=6,
        lines="",
        no_data=_SWITCHED_OFF,
    ),
    plot(
        "Host's memory in use",
        "The share of a host's memory that could not be given to another program.",
        "near 1 the system ends a process, mostly the largest: a bot.",
        prom(_by_host(_now("system_memory_utilization_ratio")), by=(HOST,)),
        unit="percentunit",
        soft_max=1,
        width=6,
        lines="",
        no_data=_SWITCHED_OFF,
    ),
    plot(
        "Made to wait for a processor",
        "How often a second a bot had to give its processor away before it was done, by bot.",
        "rises with the processors in use: too few of them. Alone: another program on the host.",
        prom(grouped(_per_second("process_context_switches_total"), (SERVICE,)), by=(SERVICE,)),
        unit="suffix:/s",
        width=6,
        lines="",
        no_data=_SWITCHED_OFF,
    ),
)
