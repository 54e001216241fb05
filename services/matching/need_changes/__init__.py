"""A family's needs change while it has a match: the match follows, its guardian hears of it."""

PLUGS = ("reactions",)
