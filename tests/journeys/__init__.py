"""The stories of the demo region, over all services in one process and over the local platform."""
