"""What the regions that a guardian has left hear of it, as long as it helps families there."""

PLUGS = ("reactions",)
