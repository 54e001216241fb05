"""Reference data: the regions of a stage and their calendar."""
