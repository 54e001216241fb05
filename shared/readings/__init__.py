"""Who has read what about a person, for each service that keeps an access log."""
