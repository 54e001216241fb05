"""Single tasks of volunteers: place, time and kind of help, and nothing of the family."""

PLUGS = ("routes", "reactions")
