"""One message to one person about one event, and the ledger of its sending."""
