"""What staff sees or does: the inbox, and the call to a person with only a telephone."""
