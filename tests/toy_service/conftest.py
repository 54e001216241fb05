"""The files under `tree/` are a service of its own: its tests run where it is installed."""

collect_ignore_glob = ["tree/*"]
