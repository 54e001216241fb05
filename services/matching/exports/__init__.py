"""Lists to take away: a region's register of guardians, and its matches."""

PLUGS = ("routes", "reactions")
