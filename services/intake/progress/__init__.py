"""How far a request has come, for people without an account."""

PLUGS = ("routes",)
