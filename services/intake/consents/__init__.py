"""The texts that families consent to."""

PLUGS = ("routes",)
