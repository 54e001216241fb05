"""Sendings: each message handed to a provider once, and the ledger of what is known of it."""

PLUGS = ("routes", "reactions")
