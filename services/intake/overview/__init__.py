"""One whole view of a family: who it is, what it needs and asked for, what is done for it."""

PLUGS = ("routes",)
