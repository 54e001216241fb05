"""Webhooks: what providers of messages let us know, stored once and worked on later."""

PLUGS = ("routes", "reactions")
