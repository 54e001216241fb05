"""Call-backs: who rang in vain is called; their routes and deadlines."""

PLUGS = ("routes", "reactions")
