"""The first store keys of a chain: issued by a job, on a list that is taken once."""

PLUGS = ("routes", "reactions")
