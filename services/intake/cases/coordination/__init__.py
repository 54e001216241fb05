"""Who works on a case, by when it must have gone on, and what happens while it is untaken."""
