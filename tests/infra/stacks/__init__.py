"""The stacks keep what the design promises, read from what is really deployed."""
