"""A guardian's contact changes: by its people with two codes, or by headquarters with evidence."""

PLUGS = ("routes",)
