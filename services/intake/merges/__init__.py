"""What belongs to one family: other records of it, suggested and merged; card holders."""

PLUGS = ("routes", "reactions")
