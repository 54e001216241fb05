"""Bots: whether a messenger still sends us what people write, and subscribing to that again."""

PLUGS = ("routes", "reactions")
