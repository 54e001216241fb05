"""Personal data: sealed in the vault, a contact validated once."""
