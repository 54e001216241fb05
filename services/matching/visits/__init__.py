"""Care visits: the helps that a family was given."""

PLUGS = ("routes",)
