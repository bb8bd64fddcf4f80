"""Grafana's dashboards as code: ``python -m dashboards`` writes ``grafana/dashboards/*.json``.

A board is a module in ``dashboards.boards`` with a ``BOARD``; what it is made of is in ``kit`` (panels), ``queries``
(PromQL, LogQL, TraceQL) and ``names`` (the registry's names as the stores spell them).
"""
