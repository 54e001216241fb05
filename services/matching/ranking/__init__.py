"""Which guardians suit a family, and the best assignment for a whole region."""

PLUGS = ("routes",)
