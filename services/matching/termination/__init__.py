"""How care ends: the notices of the sides, the decision of the headquarters, a closed case."""

PLUGS = ("routes", "reactions")
