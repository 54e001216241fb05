"""Who asks for help, in numbers: counted once and kept when families are erased."""

PLUGS = ("routes", "reactions")
