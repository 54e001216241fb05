"""Webhook deliveries: events on their way to integrators' systems, with the log of each try."""

PLUGS = ("routes", "reactions")
