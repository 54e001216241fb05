"""Channels: the providers that carry messages to people, a module each."""
