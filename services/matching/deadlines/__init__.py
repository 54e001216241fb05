"""What time alone does to matches: the rungs before an introduction, calls, silent sides."""

PLUGS = ("reactions",)
