"""What partners and people offer for families, and what of it is kept for which need."""

PLUGS = ("routes", "reactions")
