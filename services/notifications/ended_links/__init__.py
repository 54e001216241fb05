"""Links of before that lead nowhere, since they may be in other hands."""

PLUGS = ("reactions",)
