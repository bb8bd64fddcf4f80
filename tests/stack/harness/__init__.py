"""Runs the services of ``docker-compose.yml`` as plain processes: the real servers with the very files it mounts."""
