"""Cards for many holders at once, from a table that an office exports."""

PLUGS = ("routes", "reactions")
