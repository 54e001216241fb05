"""Notes from one shift of the hotline to the next: their routes and their deadline."""

PLUGS = ("routes", "reactions")
