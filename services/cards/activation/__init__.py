"""The holder puts a card into use: code, consent, phone."""

PLUGS = ("routes", "reactions")
