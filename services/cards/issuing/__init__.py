"""A card is issued, or held where it may be the second one of a person, for a leader to decide."""

PLUGS = ("routes",)
