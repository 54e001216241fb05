"""Where help reaches, and who is found there."""
