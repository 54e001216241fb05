"""What a family may see, decide and take back: its routes."""

PLUGS = ("routes",)
