"""Where help reaches, and who is found there: candidates and the register."""

PLUGS = ("routes", "reactions")
