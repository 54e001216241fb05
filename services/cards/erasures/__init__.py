"""A holder is erased, card by card: what is left of each, and the work about it, ends."""

PLUGS = ("routes", "reactions")
