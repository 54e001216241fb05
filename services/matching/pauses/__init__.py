"""A guardian that rests, as the other regions hear of it in which it helps families."""

PLUGS = ("reactions",)
