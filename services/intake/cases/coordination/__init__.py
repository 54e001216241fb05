"""Who works on a case, by when it must have gone on, and what is kept of it."""
