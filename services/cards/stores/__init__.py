"""What managers do with the shops of a partner and the keys of their tills."""

PLUGS = ("routes",)
