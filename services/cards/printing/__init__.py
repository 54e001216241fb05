"""Cards on paper, and stickers for the doors of partners."""

PLUGS = ("routes", "reactions")
