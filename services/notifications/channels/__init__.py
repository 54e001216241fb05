"""Channels that carry messages to people: a module per provider."""
