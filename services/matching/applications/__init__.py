"""Applications of organisations, and the contact person that each of them names."""

PLUGS = ("routes",)
