"""A coordinator's work: what is due today, how much time is left, and at which stage."""

PLUGS = ("routes",)
