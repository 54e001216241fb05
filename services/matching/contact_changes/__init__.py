"""Contact changes of guardians and volunteers: by themselves with two codes, or with evidence."""

PLUGS = ("routes",)
