"""The figures of a region and of a partner (K-32 … K-35)."""

PLUGS = ("routes",)
