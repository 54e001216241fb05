"""The federal headquarters vets an organisation, talks to it and gives it to a region."""

PLUGS = ("routes", "reactions")
