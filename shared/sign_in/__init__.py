"""The ways in for people without accounts, of every service that keeps their contacts."""
