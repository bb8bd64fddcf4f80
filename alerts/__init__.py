"""The alert rules, from one table: ``python -m alerts`` writes what Grafana reads, and a runbook page for each rule.

``alerts/table/`` holds the rules, ``prometheus/rules/thresholds.yml`` the numbers that a user tunes. Nothing here is
needed where the stack runs.
"""
