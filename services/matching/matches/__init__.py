"""Matches of one family and one guardian, from the proposal to the end."""

PLUGS = ("routes",)
