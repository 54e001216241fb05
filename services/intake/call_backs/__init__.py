"""Call-backs: who rang in vain is called."""

PLUGS = ("routes", "reactions")
