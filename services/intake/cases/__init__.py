"""Cases: what a family needs, who works on it, what is planned and done, until it is closed."""

PLUGS = ("routes", "reactions")
