"""Notes from one shift of the hotline to the next: their routes."""

PLUGS = ("routes",)
