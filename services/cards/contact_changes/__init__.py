"""A holder's phone changes: by herself with two codes, or by an office or leader with evidence."""

PLUGS = ("routes", "reactions")
