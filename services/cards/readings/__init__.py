"""Who has read what is kept about a holder, of whichever of her cards."""

PLUGS = ("routes",)
