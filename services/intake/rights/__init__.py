"""What a family may see, decide and take back."""

PLUGS = ("routes",)
