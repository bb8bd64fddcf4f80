"""What Tempo and Grafana take in their files, key by key: for servers that the tests have no binary of."""
