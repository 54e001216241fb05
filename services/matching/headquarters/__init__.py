"""The headquarters of a region: the people who work there."""

PLUGS = ("routes",)
