"""The stores that honour the card: from lead to end, with all they agree."""

PLUGS = ("routes", "reactions")
