"""The check at the till: what a store's cash desk calls, in a stack of its own."""
