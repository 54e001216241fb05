"""Templates: the texts of messages, one file per publishing service."""
