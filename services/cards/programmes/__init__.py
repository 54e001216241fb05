"""The joint card programme of a region: without it no card is issued."""

PLUGS = ("routes",)
