"""The work inbox: what the staff of a region, or of the federation, should do next."""
