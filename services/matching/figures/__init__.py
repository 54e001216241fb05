"""The programme's figures that matching answers for."""

PLUGS = ("routes",)
