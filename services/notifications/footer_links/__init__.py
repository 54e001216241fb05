"""Links and phones of the programme: configuration, not code."""
