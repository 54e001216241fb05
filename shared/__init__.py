"""The kernel: everything the services have in common, and nothing that knows a service."""
