"""The cards themselves: issue, loss, replacement, end."""

PLUGS = ("routes",)
