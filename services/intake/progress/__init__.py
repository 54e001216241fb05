"""How far a request has come, for people without an account: their routes."""

PLUGS = ("routes",)
