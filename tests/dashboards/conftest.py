"""The SDK of Grafana's dashboards needs Python 3.11, which whoever changes them has; bots have 3.10, too."""

import sys

collect_ignore_glob = ["test_*.py"] if sys.version_info < (3, 11) else []
