"""A concern about a care that runs: the headquarters mediates until there is a result."""

PLUGS = ("routes", "reactions")
