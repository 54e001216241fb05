"""News of partners to holders, while they can still plan with it; events begin them."""

PLUGS = ("reactions",)
