"""The cards themselves: issue, loss, replacement, end."""
