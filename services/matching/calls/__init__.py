"""The calls that the headquarters makes to a family in care."""

PLUGS = ("routes",)
