"""The cards themselves: issue, activation, loss, replacement."""
