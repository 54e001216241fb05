"""What holds for one family across its cases: its one open match, the guardians left out."""

PLUGS = ("reactions",)
