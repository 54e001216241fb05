"""Notes from one shift of the hotline to the next."""

PLUGS = ("routes", "reactions")
