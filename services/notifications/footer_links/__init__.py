"""Footer links: the links and phones that messages end with, set by operations."""

PLUGS = ("routes",)
