"""The end of a placement, which ends its card after a time of grace."""

PLUGS = ("routes",)
