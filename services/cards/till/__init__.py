"""The check at the till: what a store calls, in a stack of its own."""
