"""What a guardian that can do more means for the families that wait."""

PLUGS = ("routes", "reactions")
