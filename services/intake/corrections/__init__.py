"""Correcting what is known of a family, by headquarters or by the family itself."""

PLUGS = ("routes",)
