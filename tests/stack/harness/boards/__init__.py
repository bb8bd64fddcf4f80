"""The queries of Grafana's provisioned files, filled in as Grafana fills them, and put to the real servers."""
