"""Reference data: the regions of a stage, their calendar, and the lists of codes."""
