"""Guardian organisations: vetting, the checklist, and the register of a region."""

PLUGS = ("routes", "reactions")
